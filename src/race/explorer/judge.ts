import { readHistory, type TableHistory } from '../../iceberg/history.ts';
import { ManifestReader } from '../../iceberg/manifest-reader.ts';
import type { Pointer } from '../../iceberg/ports.ts';
import { currentSnapshot, loadTable } from '../../iceberg/table.ts';
import { IcejamError } from '../../error.ts';
import { damageOf, type DamagedTable } from '../../iceberg/table-evidence.ts';
import { grouped } from '../../words.ts';
import { checkRace } from '../checker/check-race.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport, Verdict } from '../report.ts';
import { fileFaults, referencedFiles, type TableFiles } from './files.ts';
import { Past } from './past.ts';
import type { Run, RunOptions } from './run.ts';

/** What a run, or a moment of it, came to. */
export interface Judgement {
  events: RaceEvent[];
  jobs: JobReport[];
  /** `null`: there is no table, or it cannot be read. */
  history: TableHistory | null;
  verdict: Verdict;
}

/** What the files of one version of a table said. */
type Evidence =
  | { history: TableHistory; files: TableFiles }
  | { history: null; unreadable: string; damaged: DamagedTable | null };

/** The snapshot of the table with which a world begins, decimal text. */
export async function firstSnapshot({ world, table }: RunOptions): Promise<string | null> {
  const ports = { catalog: world.catalog, io: world.fileIOOf(null) };
  if ((await ports.catalog.load(table)) === null) return null;
  const { metadata } = await loadTable(ports, table);
  return currentSnapshot(metadata)?.['snapshot-id'].toString() ?? null;
}

/**
 * Judges the moments of a run, each as if all that have not ended were killed then: by the checker, as any race, and by
 * the files, of which the explorer sees more than the checker: each that the table refers to is there, and each other
 * one is explained.
 */
export class Judge {
  readonly #run: Run;
  readonly #since: string | null;
  readonly #reader: ManifestReader;
  readonly #past: Past;
  /** By metadata file: what it refers to never changes. */
  readonly #evidence = new Map<string, Evidence>();

  constructor(run: Run, since: string | null) {
    this.#run = run;
    this.#since = since;
    this.#reader = new ManifestReader(run.world.fileIOOf(null));
    this.#past = new Past(run.world.archive());
  }

  async judge(): Promise<Judgement> {
    const { events, jobs, table, world } = this.#run;
    const pointer = await world.catalog.load(table);
    const evidence = pointer === null ? null : await this.#evidenceAt(pointer);
    // Asking for the pointer is no step of a writer.
    world.takeTouches();
    const history = evidence?.history ?? null;
    const tables = [history, evidence?.history === null ? evidence.damaged : null];
    const verdict = checkRace(
      events,
      jobs,
      tables.filter((each) => each !== null),
    );
    const faults = this.#faultsOf(evidence);
    return { events: [...events], jobs, history, verdict: withFaults(verdict, faults) };
  }

  async #evidenceAt(pointer: Pointer): Promise<Evidence> {
    const known = this.#evidence.get(pointer.location);
    if (known !== undefined) return known;
    const evidence = await this.#read();
    this.#evidence.set(pointer.location, evidence);
    return evidence;
  }

  async #read(): Promise<Evidence> {
    const { table: name, world } = this.#run;
    const ports = { catalog: world.catalog, io: world.fileIOOf(null) };
    try {
      const table = await loadTable(ports, name);
      const history = await readHistory(ports.io, table, this.#since, { reader: this.#reader });
      const isWhole = history.reach !== 'expired';
      return {
        // An expiry makes the table forget how the run began, but not the explorer.
        history: isWhole ? history : await readHistory(world.archive(), table, this.#since),
        files: {
          referenced: await referencedFiles(this.#reader, table),
          forgotten: await this.#past.forgottenFiles(table),
        },
      };
    } catch (thrown) {
      const { message } = IcejamError.from(thrown);
      return { history: null, unreadable: message, damaged: damageOf(name, thrown) };
    }
  }

  #faultsOf(evidence: Evidence | null): string[] {
    const { world, events, isEndless, jobs, script } = this.#run;
    const unended = isEndless
      ? [`After ${grouped(script.length)} steps the jobs go on and on.`]
      : [];
    if (evidence === null) return unended;
    if (evidence.history === null) {
      return [...unended, `The table cannot be read: ${evidence.unreadable}.`];
    }
    return [...unended, ...fileFaults(world, evidence.files, events, jobs)];
  }
}

function withFaults(verdict: Verdict, faults: readonly string[]): Verdict {
  if (faults.length === 0) return verdict;
  const sentences = verdict.result === 'holds' ? [] : verdict.sentences;
  return { ...verdict, result: 'violated', sentences: [...sentences, ...faults] };
}
