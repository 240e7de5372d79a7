import type { Stop } from '../iceberg/stop.ts';
import type { RaceEvent } from './event.ts';
import type { Detail, History } from './history.ts';
import { type QueueWait, queueWaitOf } from './queue-wait.ts';

/** Finds the detail of a job's latest stop of that name. */
export type LatestStop = <S extends Stop>(stop: S) => Detail<S> | undefined;

/** What came before an event. */
export interface Past {
  /** Finds stops of the event's job on the event's table, the event included. */
  latest: LatestStop;
  /** The swap that made a version of the event's table, if it happened in this race; it may be heard after the event. */
  makerOf: (version: number | null) => RaceEvent | undefined;
  /** The job of this race that wrote a data file. */
  writerOf: (path: string) => string | undefined;
  /** See {@link queueWaitOf}. */
  queueWait: () => QueueWait | null;
}

/** What came before an event of a history. */
export function pastOf(event: RaceEvent, history: History): Past {
  const { segments, versions } = history;
  const own = (segments.get(event.job) ?? []).flatMap(({ events }) => events);
  const isNear = ({ table }: RaceEvent) =>
    table === null || event.table === null || table === event.table;
  return {
    latest: <S extends Stop>(stop: S) => {
      const found = own.findLast(
        (each) => each.seq <= event.seq && each.detail.stop === stop && isNear(each),
      );
      return found?.detail as Detail<S> | undefined;
    },
    makerOf: (version) =>
      versions.get(event.table ?? '')?.find((made) => made.version === version)?.event ?? undefined,
    writerOf: (path) =>
      [...segments.values()]
        .flat()
        .flatMap(({ events }) => events)
        .find(({ detail }) => detail.stop === 'data-written' && hasFile(detail, path))?.job,
    queueWait: () => queueWaitOf(event, history),
  };
}

function hasFile({ files }: Detail<'data-written'>, path: string): boolean {
  return files.some((file) => file.path === path);
}
