import type { FileSummary } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../../race/event.ts';
import type { Detail, LatestStop } from '../../race/history.ts';
import { fileName, grouped, sized } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Fact, FileLine } from './inspection.ts';

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

/** What a swap that was won shows. */
export function won(detail: Detail<'swap-won'>, latest: LatestStop) {
  const created = detail.operation === 'create';
  const base = latest('base-read')?.base.version ?? null;
  const expected = versionText(created ? null : (base ?? detail.version - 1));
  return {
    ...(created ? { headline: texts.created } : {}),
    comparison: {
      expected,
      found: expected,
      same: true,
      becomes: texts.becomes(strings.race.version(detail.version)),
    },
    facts: [
      { label: texts.operation, value: detail.operation },
      { label: texts.rowsOfTable, value: grouped(detail.rows) },
      ...(detail.snapshotId === null ? [] : [snapshotFact(texts.snapshot, detail.snapshotId)]),
      { label: texts.metadata, value: fileName(detail.location), copy: detail.location },
    ],
  };
}

/** What a swap that was lost shows. */
export function lost(detail: Detail<'swap-lost'>, event: RaceEvent, latest: LatestStop) {
  const { next } = detail;
  const wait = next.do === 'wait' ? texts.nextWait(texts.ms(next.ms)) : texts.nextGiveUp;
  const created = event.attempt === 0;
  return {
    ...(created ? { headline: texts.createLost } : {}),
    comparison: {
      expected: versionText(detail.expected),
      found: versionText(detail.found),
      same: false,
      becomes: null,
    },
    facts: created
      ? []
      : [{ label: texts.next, value: next.do === 'queue' ? texts.nextQueue : wait }],
    files: created ? [] : keptAndGone(latest),
  };
}

/** What a lost attempt keeps for the next one, and what was written for nothing. */
function keptAndGone(latest: LatestStop): FileLine[] {
  const data = latest('data-written')?.files ?? [];
  const manifests = latest('manifests-written')?.files ?? [];
  const list = latest('list-written')?.file;
  const metadata = latest('metadata-written')?.file;
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
