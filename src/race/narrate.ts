import { exhaustive } from '../exhaustive.ts';
import { counted, datasetName, grouped, joined } from '../words.ts';
import { buriedBy } from './buried.ts';
import type { RaceEvent } from './event.ts';
import { type Detail, type History, rowsOf } from './history.ts';
import { pastOf } from './past.ts';
import { reasonOf } from './reason.ts';

/**
 * What happened at an event: one bold sentence first, then at most two that say why, in names and not in ids.
 * `history` is that of the log that the event stands in; of what came later only the maker of a version is read. Pure.
 */
export function narrate(event: RaceEvent, history: History): string {
  const { job, detail, attempt } = event;
  const table = event.table === null ? 'the table' : datasetName(event.table);
  switch (detail.stop) {
    case 'start':
      return `${job} starts. It opens a DuckDB of its own.`;
    case 'inputs-read':
      return `${job} read ${inputs(detail)}.`;
    case 'rows-computed':
      return `${job} computed ${counted(detail.rows, 'row')}.`;
    case 'data-written':
      return detail.files.length === 0
        ? `${job} has no rows to write.`
        : `${job} wrote ${counted(rowsOf(detail.files), 'row')} into ${counted(detail.files.length, 'data file')}. No version of ${table} names them yet, so nobody sees them.`;
    case 'manifests-written':
      return `${job} wrote ${counted(detail.files.length, 'manifest')}. It lists the new data files, and a retry can use it again.`;
    case 'base-read':
      return baseRead(event, detail, table);
    case 'validated':
      return validated(job, detail, table);
    case 'list-written':
      return `${job} wrote the manifest list of its snapshot. It names every manifest that the next version of ${table} would have.`;
    case 'metadata-written':
      return attempt === 0
        ? `${job} wrote the first metadata file of ${table}. It counts only when the pointer names it.`
        : `${job} wrote the metadata file of the next version. It counts only when the pointer of ${table} names it.`;
    case 'before-swap':
      return detail.expected.version === null
        ? `${job} is about to swap. If there is still no ${table}, the table is created.`
        : `${job} is about to swap. If ${table} is still at version ${grouped(detail.expected.version)}, its file becomes the next version.`;
    case 'swap-won':
      return swapWon(event, detail, history, table);
    case 'swap-lost':
      return swapLost(event, detail, history, table);
    case 'cleaned-up':
      return detail.deleted.length === 0
        ? `${job} left nothing to clean up.`
        : `${job} deleted ${counted(detail.deleted.length, 'file')} of its lost attempts. No version ever named them.`;
    case 'finished':
      return finished(job, detail);
    case 'failed':
      return failed(job, detail, history);
    case 'unknown':
      return `Nobody can tell whether ${job} has committed. ${detail.error.message} Nothing is deleted until it is known.`;
    default:
      return exhaustive(detail);
  }
}

function finished(
  job: string,
  { rows, files, commits, registered, dropped }: Detail<'finished'>,
): string {
  if (dropped !== undefined) {
    const files = dropped.purged ? 'and deleted its files' : 'and left its files where they are';
    return `${job} took ${datasetName(dropped.table)} out of the catalog, ${files}.`;
  }
  if (registered !== undefined) {
    const { version, latest } = registered;
    const at = version === latest ? 'the latest one' : `while the latest is ${grouped(latest)}`;
    return `${job} registered version ${grouped(version)} of ${datasetName(registered.table)}, ${at}: readers that follow set-metadata see it from now on.`;
  }
  if (files === 0 && (commits ?? 0) === 0) return `${job} is done. It had nothing to commit.`;
  if (rows === 0) return `${job} is done. It was told “committed” and wrote no rows of its own.`;
  return `${job} is done. It was told “committed” for ${counted(rows, 'row')} in ${counted(files, 'data file')}.`;
}

function inputs({ inputs }: Detail<'inputs-read'>): string {
  return joined(inputs.map(({ name, rows }) => `${counted(rows, 'row')} of ${name}`));
}

function baseRead({ job, attempt }: RaceEvent, { base }: Detail<'base-read'>, table: string) {
  if (base.version === null) return `${job} found no ${table}. It is going to create the table.`;
  const version = grouped(base.version);
  return attempt > 1
    ? `${job} read ${table} again and found version ${version}. Attempt ${grouped(attempt)} builds on that.`
    : `${job} read version ${version} of ${table}. It is the base that its commit builds on.`;
}

function validated(job: string, { isolation, removes }: Detail<'validated'>, table: string) {
  const checked =
    isolation === 'none'
      ? 'No isolation level was asked for, so it looks for no conflict.'
      : `Nothing that was committed since it began conflicts with it (${isolation} isolation).`;
  if (removes.length === 0) return `${job} may go on. ${checked}`;
  const partitions = [...new Set(removes.map(({ partition = '' }) => partition))].filter(Boolean);
  const where = partitions.length === 0 ? '' : ` in ${joined(partitions)}`;
  return `${job} will replace ${counted(rowsOf(removes), 'row')} of ${table}${where}. ${checked}`;
}

function swapWon(event: RaceEvent, detail: Detail<'swap-won'>, history: History, table: string) {
  const { job } = event;
  const version = grouped(detail.version);
  if (detail.operation === 'create') {
    return `${job} created ${table}. Version ${version} is an empty table.`;
  }
  const buried = buriedBy(event, history);
  if (buried.length > 0) {
    return `${job} put version ${version} of ${table} without comparing. It had read an older version, so what ${joined(buried)} committed in between is gone.`;
  }
  const removes = pastOf(event, history).latest('validated')?.removes ?? [];
  const replaced =
    removes.length === 0 ? '' : ` It replaced ${counted(rowsOf(removes), 'row')} that were there.`;
  return `${job} won the swap. Version ${version} of ${table} has ${counted(detail.rows, 'row')}.${replaced}`;
}

function swapLost(
  event: RaceEvent,
  { expected, found, next }: Detail<'swap-lost'>,
  history: History,
  table: string,
) {
  const { job, attempt } = event;
  const winner = pastOf(event, history).makerOf(found)?.job ?? 'somebody else';
  if (expected === null) {
    return `${job} did not create ${table}. ${capital(winner)} created it first, so it uses that table.`;
  }
  const lost = `${job} lost the swap. It had read version ${grouped(expected)}, but ${winner} made version ${found === null ? '?' : grouped(found)} first.`;
  switch (next.do) {
    case 'queue':
      return `${lost} It queues for its turn and tries again, with the data files it already has.`;
    case 'wait':
      return `${lost} It waits ${grouped(Math.round(next.ms))} ms, reads again and tries once more, with the data files it already has.`;
    case 'give-up':
      return `${lost} That was attempt ${grouped(attempt)}, the last one it may make: it gives up.`;
    default:
      return exhaustive(next);
  }
}

function failed(job: string, { error }: Detail<'failed'>, history: History): string {
  const reason = reasonOf(error, history);
  switch (error.kind) {
    case 'WorkerKilled':
      return `${job} was killed. What it wrote before lies there, named by no version.`;
    case 'Validation':
      return `${job} was refused. ${reason}`;
    case 'CommitFailed':
      return `${job} gave up. ${reason}`;
    default:
      return `${job} failed. ${reason}`;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
