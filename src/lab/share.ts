import { IcejamError } from '../error.ts';
import { compress, decompress } from '../iceberg/compression.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { RaceEvent } from '../race/event.ts';
import type { WorkflowReport } from '../race/report.ts';
import type { Script } from '../race/script.ts';
import { tabsMet, type ToldRace } from '../race/told-race.ts';

/** A dropped file as a link names it; the file itself stays where it is. */
export interface SharedFile {
  /** The dataset, `depot:collection/dataset`. */
  address: string;
  name: string;
  /** In hexadecimal. */
  sha256: string;
}

/** All that it takes to see a race again: plain data, small enough for a link. */
export interface SharedRace {
  workflow: string;
  protocol: Protocol;
  /** The order in which the jobs go on, as steps or as text; `null`: as they please. */
  script: Script | string | null;
  seed: string | null;
  query: string | null;
  /** The files that the workflow reads, without the sample trips. */
  files: readonly SharedFile[];
}

/** The version of the format, which a link begins with. */
const version = 1;

/** A race as the hash of a link: `#v1.` and the base64url of its deflated JSON. */
export async function hashOf(race: SharedRace): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(race));
  const bytes = await compress('deflate-raw', json);
  return `#v${version}.${base64url(bytes)}`;
}

/**
 * The race that a link's hash stands for; `null` if the hash stands for nothing of ours. Throws `InputInvalid` for a
 * link that was damaged on its way or made by a newer version of the page.
 */
export async function raceOf(hash: string): Promise<SharedRace | null> {
  const [, made, packed] = /^#v(\d+)\.(.*)$/s.exec(hash) ?? [];
  if (made === undefined || packed === undefined) return null;
  if (Number(made) !== version) throw newerLink(made);
  let race: unknown;
  try {
    const bytes = await decompress('deflate-raw', bytesOf(packed));
    race = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw brokenLink(cause);
  }
  if (!isSharedRace(race)) throw brokenLink(undefined);
  return race;
}

/** The files of a link that are not in the dropzone, by what is in them. Pure. */
export function missingFiles(
  files: readonly SharedFile[],
  datasets: readonly { address: string; files: readonly { sha256: string }[] }[],
): SharedFile[] {
  return files.filter(
    ({ address, sha256 }) =>
      !datasets.some(
        (dataset) =>
          dataset.address === address && dataset.files.some((file) => file.sha256 === sha256),
      ),
  );
}

/**
 * The order in which the jobs of a race went on and its seed, if another browser can take it: a race that found its
 * tables there can be taken only by somebody who has them too, and one that met commits of another tab only beside them,
 * so its order is left out. Pure.
 */
export function orderOfRace(
  { script, seed }: Pick<WorkflowReport, 'script' | 'seed'>,
  events: readonly RaceEvent[],
  others: readonly ToldRace[] = [],
): Pick<SharedRace, 'script' | 'seed'> {
  const tables = new Set(events.flatMap(({ table }) => table ?? []));
  const created = events.flatMap(({ table, detail }) =>
    detail.stop === 'swap-won' && detail.operation === 'create' && table !== null ? table : [],
  );
  const isAlone = tabsMet(events, others).length === 0;
  return isAlone && [...tables].every((table) => created.includes(table))
    ? { script, seed }
    : { script: null, seed: null };
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Steps are looked at by `readScript` when they are taken. */
function isSharedRace(value: unknown): value is SharedRace {
  if (typeof value !== 'object' || value === null) return false;
  const race = value as Partial<Record<keyof SharedRace, unknown>>;
  const isTextOrNull = (field: unknown) => field === null || typeof field === 'string';
  return (
    typeof race.workflow === 'string' &&
    ['queued', 'optimistic', 'unsafe'].some((protocol) => protocol === race.protocol) &&
    (isTextOrNull(race.script) || Array.isArray(race.script)) &&
    isTextOrNull(race.seed) &&
    isTextOrNull(race.query) &&
    Array.isArray(race.files) &&
    race.files.every(isSharedFile)
  );
}

function isSharedFile(value: unknown): value is SharedFile {
  if (typeof value !== 'object' || value === null) return false;
  const { address, name, sha256 } = value as Partial<Record<keyof SharedFile, unknown>>;
  return [address, name, sha256].every((field) => typeof field === 'string');
}

const newerLink = (made: string) =>
  new IcejamError(
    'InputInvalid',
    `This link has the format v${made}; this page reads v${version}.`,
    {
      remedy: 'Reload the page to get its newest version, or ask for a new link.',
    },
  );

const brokenLink = (cause: unknown) =>
  new IcejamError('InputInvalid', 'This link is damaged: a part of it is missing or was changed.', {
    remedy: 'Copy the whole link again; mail programs like to cut long ones.',
    cause,
  });
