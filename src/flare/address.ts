import { IcejamError } from '../error.ts';

/** Which credential an address asks for; without `acl` it is read-only. */
export type Acl = 'r' | 'rw';

/** A depot's collection: the part of an address before the dataset. */
export interface Collection {
  depot: string;
  collection: string;
  acl: Acl;
}

/** `dataos://depot:collection/dataset?acl=r|rw`. The dataset of an input may be a path. */
export interface Address extends Collection {
  dataset: string;
}

const grammar = 'dataos://depot:collection/dataset?acl=r|rw';

/**
 * Reads an address with a dataset. Throws `WorkflowInvalid` that says which part is wrong.
 * Source: PyFlare's `DATAOS_ADDRESS_RESOLVER_REGEX`, with the dataset held to names that are safe as folders.
 */
export function parseAddress(text: string): Address {
  const { path, ...collection } = split(text);
  if (path === '') throw invalid(text, 'the dataset is missing', grammar);
  const bad = path.split('/').find((name) => !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name));
  if (bad !== undefined) {
    throw invalid(text, `"${bad}" is no name of a dataset, folder or file`, grammar);
  }
  return { ...collection, dataset: path };
}

/** Reads an address without a dataset, as `outputs[].depot` holds it. Throws `WorkflowInvalid`. */
export function parseCollection(text: string): Collection {
  const { path, ...collection } = split(text);
  if (path === '') return collection;
  throw invalid(
    text,
    `the dataset "${path}" does not belong here`,
    'dataos://depot:collection?acl=rw',
  );
}

/** The text of an address; `?acl=` only where it is not the default. */
export function formatAddress(address: Address): string {
  const acl = address.acl === 'rw' ? '?acl=rw' : '';
  return `dataos://${address.depot}:${address.collection}/${address.dataset}${acl}`;
}

/** The table's key in the catalog, `depot:collection/dataset`. */
export function tableName(address: Address): string {
  return `${address.depot}:${address.collection}/${address.dataset}`;
}

/** The table's name in SQL, `depot.collection.dataset`, its parts in backquotes where they need them. */
export function sqlName(address: Address): string {
  return [address.depot, address.collection, address.dataset]
    .map((part) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? part : `\`${part}\``))
    .join('.');
}

function split(text: string): Collection & { path: string } {
  const trimmed = text.trim();
  if (!trimmed.startsWith('dataos://')) {
    throw invalid(text, 'it does not begin with dataos://', grammar);
  }
  const question = trimmed.indexOf('?');
  const place = trimmed.slice('dataos://'.length, question < 0 ? undefined : question);
  const slash = place.indexOf('/');
  const [depot = '', collection, ...more] = (slash < 0 ? place : place.slice(0, slash)).split(':');
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(depot)) {
    throw invalid(text, `"${depot}" is no depot: it may hold letters, digits and hyphens`, grammar);
  }
  if (collection === undefined || more.length > 0 || !/^[A-Za-z0-9_]+$/.test(collection)) {
    throw invalid(
      text,
      `"${[collection, ...more].join(':')}" is no collection: it may hold letters, digits and _`,
      grammar,
    );
  }
  const path = slash < 0 ? '' : place.slice(slash + 1).replace(/\/$/, '');
  return { depot, collection, acl: parseAcl(text, trimmed.slice(place.length + 9)), path };
}

function parseAcl(text: string, query: string): Acl {
  if (query === '' || query === '?') return 'r';
  const acl = /^\?acl=(.*)$/i.exec(query)?.[1]?.toLowerCase();
  if (acl === 'r' || acl === 'rw') return acl;
  throw invalid(text, `"${query}" is neither ?acl=r nor ?acl=rw`, grammar);
}

function invalid(text: string, why: string, form: string): IcejamError {
  return new IcejamError('WorkflowInvalid', `Invalid dataset found: ${text}: ${why}.`, {
    context: { address: text },
    remedy: `Write ${form}.`,
  });
}
