/** Closes a switch over a union: a case that was forgotten is a type error, and a bug at run time. */
export function exhaustive(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
