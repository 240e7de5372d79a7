import type { RaceEvent } from '../../race/event.ts';
import type { Past } from '../../race/past.ts';

/** Two metadata files to compare; `before` is `null` if there was no table. */
export interface FilePair {
  /** Whose file the newer one is: the attempt's own, or of whoever was there first. */
  whose: 'ours' | 'theirs';
  before: string | null;
  after: string;
}

/** The table's own files that an event is about, by their paths. */
export interface StopFiles {
  table: string;
  /** The metadata file that was read, where nothing is written yet. */
  base: string | null;
  pairs: FilePair[];
  /** The manifest list of the attempt. */
  list: string | null;
  /** The manifests that the job wrote for its own files. */
  manifests: string[];
}

/** The files that there are to look into at an event, `null` if it is about none. */
export function stopFilesOf({ detail, table, attempt }: RaceEvent, past: Past): StopFiles | null {
  if (table === null) return null;
  const none: StopFiles = { table, base: null, pairs: [], list: null, manifests: [] };
  const manifests = () => past.latest('manifests-written')?.files.map(({ path }) => path) ?? [];
  const lists = () => {
    const list = attempt === 0 ? undefined : past.latest('list-written')?.file.path;
    return list === undefined ? {} : { list, manifests: manifests() };
  };
  switch (detail.stop) {
    case 'manifests-written':
    case 'validated':
      return attempt === 0 && detail.stop === 'validated'
        ? null
        : { ...none, manifests: manifests() };
    case 'base-read':
      return detail.base.location === null ? null : { ...none, base: detail.base.location };
    case 'list-written':
      return { ...none, list: detail.file.path, manifests: manifests() };
    case 'metadata-written':
    case 'before-swap':
    case 'swap-won':
      return { ...none, pairs: ownPair(past), ...lists() };
    case 'swap-lost':
      return { ...none, pairs: [...ownPair(past), ...theirPair(detail.found, past)], ...lists() };
    default:
      return null;
  }
}

function ownPair(past: Past): FilePair[] {
  const after = past.latest('metadata-written')?.file.path;
  const before = past.latest('base-read')?.base.location ?? null;
  return after === undefined ? [] : [{ whose: 'ours', before, after }];
}

/** What somebody of this race made of the same base meanwhile. */
function theirPair(found: number | null, past: Past): FilePair[] {
  const maker = past.makerOf(found)?.detail;
  const before = past.latest('base-read')?.base.location ?? null;
  return maker?.stop === 'swap-won' ? [{ whose: 'theirs', before, after: maker.location }] : [];
}
