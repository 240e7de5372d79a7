import { IcejamError } from '../error.ts';

/** An error met while reading a file as one that names it; what is no error of ours means a `Corrupt` file. */
export function inFile(error: unknown, path: string): IcejamError {
  const known = error instanceof IcejamError ? error : undefined;
  return new IcejamError(
    known?.kind ?? 'Corrupt',
    `Cannot read ${path}: ${known?.message ?? String(error)}`,
    {
      context: { ...known?.context, path },
      cause: error,
      ...(known?.remedy !== undefined && { remedy: known.remedy }),
    },
  );
}
