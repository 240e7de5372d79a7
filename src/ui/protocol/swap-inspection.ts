import type { FileSummary } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../../race/event.ts';
import type { Detail } from '../../race/history.ts';
import type { Past } from '../../race/past.ts';
import { fileName, sized } from '../../words.ts';
import { strings } from '../strings.ts';
import type { DifferenceLine, Fact, FileLine } from './fact.ts';

const texts = strings.inspector;

/** A version, or that there is no table. */
export function versionText(version: number | null): string {
  return version === null ? texts.noTable : strings.race.version(version);
}

/** A snapshot's id, shortened. */
export function snapshotFact(
  label: string,
  id: string | null,
  none: string = strings.race.none,
): Fact {
  if (id === null) return { label, value: none };
  return { label, value: id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id, copy: id };
}

/** A file's name, shortened in the middle. */
export function shortName(path: string): string {
  const name = fileName(path);
  return name.length > 26 ? `${name.slice(0, 10)}…${name.slice(-14)}` : name;
}

/** A file by its shortened name. */
export function fileFact(label: string, path: string): Fact {
  return { label, value: shortName(path), copy: path };
}

/** What a swap that was won shows; a put that does not compare finds whatever is there. */
export function won(detail: Detail<'swap-won'>, past: Past) {
  const created = detail.operation === 'create';
  const base = past.latest('base-read')?.base.version ?? null;
  const expected = versionText(created ? null : (base ?? detail.version - 1));
  const isPut = past.latest('start')?.protocol === 'unsafe' && !created;
  const found = isPut ? versionText(detail.version - 1) : expected;
  return {
    ...(created ? { headline: texts.created } : {}),
    ...(isPut ? { headline: found === expected ? texts.put : texts.buried } : {}),
    tone: found === expected ? ('won' as const) : ('refused' as const),
    difference: [...before(past), ...(created ? [] : [made(detail, 'ours')])],
    comparison: {
      expected,
      found,
      same: found === expected,
      becomes: texts.becomes(strings.race.version(detail.version)),
    },
    facts: [fileFact(texts.metadata, detail.location)],
  };
}

/** What a swap that was lost shows. */
export function lost(detail: Detail<'swap-lost'>, event: RaceEvent, past: Past) {
  const { next } = detail;
  const wait = next.do === 'wait' ? texts.nextWait(texts.ms(next.ms)) : texts.nextGiveUp;
  const created = event.attempt === 0;
  return {
    ...(created ? { headline: texts.createLost } : {}),
    difference: created ? [] : [...before(past), ...wanted(past), ...theirs(detail, past)],
    comparison: {
      expected: versionText(detail.expected),
      found: versionText(detail.found),
      same: false,
      becomes: null,
    },
    facts: created
      ? []
      : [{ label: texts.next, value: next.do === 'queue' ? texts.nextQueue : wait }],
    files: created ? [] : keptAndGone(past),
  };
}

/** What a lost attempt keeps for the next one, and what was written for nothing. */
function keptAndGone(past: Past): FileLine[] {
  const data = past.latest('data-written')?.files ?? [];
  const manifests = past.latest('manifests-written')?.files ?? [];
  const list = past.latest('list-written')?.file;
  const metadata = past.latest('metadata-written')?.file;
  const total = (files: FileSummary[]) => sized(files.reduce((sum, { bytes }) => sum + bytes, 0));
  return [
    ...several('kept', texts.dataFiles(data.length), data, total),
    ...several('kept', texts.manifests(manifests.length), manifests, total),
    ...several('gone', texts.manifestList, list === undefined ? [] : [list], total),
    ...several('gone', texts.metadataFile, metadata === undefined ? [] : [metadata], total),
  ];
}

function several(
  mark: FileLine['mark'],
  name: string,
  files: FileSummary[],
  total: (files: FileSummary[]) => string,
): FileLine[] {
  return files.length === 0 ? [] : [{ mark, name, note: total(files) }];
}

/** The version that the attempt was built on. */
function before(past: Past): DifferenceLine[] {
  const base = past.latest('base-read')?.base;
  if (base === undefined || base.version === null) return [];
  return [
    {
      sign: 'before',
      snapshot: snapshotFact('', base.snapshotId, texts.noSnapshot).value,
      note: strings.race.rows(base.rows),
      version: strings.race.version(base.version),
    },
  ];
}

/** The snapshot that a lost attempt would have made current. */
function wanted(past: Past): DifferenceLine[] {
  const list = past.latest('list-written');
  if (list === undefined) return [];
  const rows = (past.latest('data-written')?.files ?? []).reduce(
    (sum, { rows = 0 }) => sum + rows,
    0,
  );
  return [
    {
      sign: 'ours',
      snapshot: snapshotFact('', list.snapshotId).value,
      note: texts.adds(list.operation, rows),
      version: texts.ours,
    },
  ];
}

/** The version that was found instead, if this race made it. */
function theirs({ found }: Detail<'swap-lost'>, past: Past): DifferenceLine[] {
  const maker = past.makerOf(found);
  return maker?.detail.stop === 'swap-won' ? [made(maker.detail, 'theirs')] : [];
}

function made(
  { snapshotId, operation, rows, version }: Detail<'swap-won'>,
  sign: 'ours' | 'theirs',
): DifferenceLine {
  return {
    sign,
    snapshot: snapshotFact('', snapshotId, texts.noSnapshot).value,
    note: texts.makes(operation, rows),
    version: strings.race.version(version),
  };
}
