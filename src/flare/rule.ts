/** What may stand at one place of a workflow's text. Plain data, so that completion and hover can walk it. */
export type Rule =
  | { kind: 'text' }
  | { kind: 'name'; pattern: RegExp; form: string }
  | { kind: 'integer'; least: number }
  | { kind: 'flag' }
  /** One of `values`, in any case; `known` values are Flare's, but not supported here. */
  | { kind: 'choice'; values: readonly string[]; known?: readonly string[] }
  /** Free names with text values. */
  | { kind: 'options' }
  /** Accepted, whatever it holds, and without effect. */
  | { kind: 'ignored' }
  /** Flare's, but it would change results and is not supported here. */
  | { kind: 'unsupported'; remedy: string }
  | { kind: 'list'; of: Rule; orOne?: true }
  | { kind: 'mapping'; keys: Keys }
  /** The rule depends on the stack that the sibling key `stack` names. */
  | { kind: 'by-stack'; rules: Readonly<Record<string, Rule>> };

/** The keys of a mapping by their names. */
export type Keys = Readonly<Record<string, Key>>;

/** One key: its rule and what it means, as one sentence fragment. */
export interface Key {
  rule: Rule;
  doc: string;
  required?: true;
}

/** A key that may be left out. */
export function optional(doc: string, rule: Rule): Key {
  return { doc, rule };
}

/** A key that must be there. */
export function required(doc: string, rule: Rule): Key {
  return { doc, rule, required: true };
}

/** A key that is accepted without effect. */
export function ignored(doc: string): Key {
  return { doc: `${doc} (no effect here)`, rule: { kind: 'ignored' } };
}

/** A key of Flare's that is refused here. */
export function unsupported(doc: string, remedy: string): Key {
  return { doc: `${doc} (not supported here)`, rule: { kind: 'unsupported', remedy } };
}

export const text: Rule = { kind: 'text' };
export const flag: Rule = { kind: 'flag' };
export const options: Rule = { kind: 'options' };

/** A mapping of these keys. */
export function mapping(keys: Keys): Rule {
  return { kind: 'mapping', keys };
}

/** A list of things of one rule. */
export function list(of: Rule): Rule {
  return { kind: 'list', of };
}

/** One of these values, in any case. */
export function choice(...values: string[]): Rule {
  return { kind: 'choice', values };
}
