import type { YAMLParseError } from 'yaml';

/** A syntax error as the parser has it. */
type Fault = Pick<YAMLParseError, 'code' | 'message' | 'pos'>;

/** A syntax error as it is told. */
interface Meaning {
  message: string;
  remedy?: string;
}

/** The errors of a document that are worth telling: a tab or too deep a nesting makes the parser misread what follows. */
export function tellingErrors(errors: readonly Fault[]): readonly Fault[] {
  const deep = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (deep !== undefined) return [deep];
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  return tabs.length > 0 ? tabs : errors;
}

/** What an error of the YAML parser says of `text`, and what to do about it where that is plain. */
export function meaningOf({ code, message, pos }: Fault, text: string): Meaning {
  const said = `This is no valid YAML: ${message}.`;
  switch (code) {
    case 'RESOURCE_EXHAUSTION':
      return { message: 'This is nested too deeply.' };
    case 'TAB_AS_INDENT':
      return { message: said, remedy: 'Indent with spaces.' };
    case 'DUPLICATE_KEY': {
      const key = /^[^\n:]*/.exec(text.slice(pos[0], pos[0] + 200))?.[0] ?? '';
      return { message: `The key "${key.trim()}" stands here twice.`, remedy: 'Keep one of them.' };
    }
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: said,
        remedy:
          'Look at the indentation here and on the line before, and for a colon in a value without quotes.',
      };
    case 'BAD_SCALAR_START':
    case 'UNEXPECTED_TOKEN':
      return { message: said, remedy: 'Put the value into quotes if it is a text.' };
    default:
      return { message: said };
  }
}
