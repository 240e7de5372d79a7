import { IcejamError } from '../error.ts';
import type { ErrorOptions } from '../error.ts';

/** The name of a DOMException or Error, empty for anything else that was thrown. */
export function errorName(thrown: unknown): string {
  return thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
}

/**
 * What the browser's storage threw, as an IcejamError about `subject` (a path, a table, "the database").
 * Names that callers tell apart themselves, such as `NotFoundError`, are to be looked at before.
 */
export function storageFailure(thrown: unknown, subject: string): IcejamError {
  if (thrown instanceof IcejamError) return thrown;
  const options: ErrorOptions = { context: { subject }, cause: thrown };
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  switch (errorName(thrown)) {
    case 'QuotaExceededError':
      return storageFull(subject, thrown);
    case 'NotFoundError':
      return new IcejamError('NotFound', `${subject} does not exist`, options);
    case 'NoModificationAllowedError':
      return new IcejamError('IllegalState', `${subject} is open elsewhere: ${said}`, {
        ...options,
        remedy: 'Wait until the job or the tab that uses it has finished.',
      });
    case 'SecurityError':
    case 'NotAllowedError':
    case 'InvalidStateError':
    case 'VersionError':
    case 'AbortError':
    case 'UnknownError':
      return new IcejamError('StorageUnavailable', `Cannot use ${subject}: ${said}`, {
        ...options,
        remedy:
          'Reload the page. If that does not help, leave private browsing or allow this site to store data.',
      });
    default:
      return new IcejamError('Internal', `Cannot use ${subject}: ${said}`, options);
  }
}

/** Runs `work` and turns what the browser throws into an IcejamError about `subject`. */
export async function guard<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw storageFailure(thrown, subject);
  }
}

/** The error of a write to `subject` that found no room. */
export function storageFull(subject: string, cause?: unknown): IcejamError {
  return new IcejamError('StorageFull', `The browser has no room left to write ${subject}`, {
    context: { subject },
    remedy: 'Download the tables that are needed, then start over or free disk space.',
    cause,
  });
}

/** The error of a browser that lacks `feature`. */
export function missingFeature(feature: string): IcejamError {
  return new IcejamError('StorageUnavailable', `This browser gives the page no ${feature}`, {
    context: { feature },
    remedy:
      'Open the page over https or from localhost, in a current browser, not in private mode.',
  });
}
