import { nearest } from '../nearest.ts';
import { suggestion } from './check.ts';
import { items, optionEntries } from './fields.ts';
import { parseMoment } from './moment.ts';
import type { ProblemList } from './problem.ts';
import type { ActionName } from './workflow.ts';
import type { YamlEntry, YamlNode } from './yaml-tree.ts';

/** What an option's value must be, and how to say so. */
interface Form {
  test: (text: string) => boolean;
  example: string;
  orList?: true;
}

const any: Form = { test: () => true, example: 'a text' };
const moment: Form = {
  test: (text) => parseMoment(text) !== undefined,
  example: 'milliseconds since 1970 or a time such as 2026-01-31 12:00:00',
};
const id: Form = { test: (text) => /^\s*\d+\s*$/.test(text), example: 'the id of a snapshot' };
const count: Form = {
  test: (text) => /^\s*[1-9]\d*\s*$/.test(text),
  example: 'a whole number above 0',
};
const flag: Form = { test: (text) => /^\s*(true|false)\s*$/i.test(text), example: 'true or false' };

/** Changes only how the work is spread over a cluster. */
const withoutEffect: Form = any;

/** Would change what is done, and does not here: what is said of it. */
class Ignored {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** The options of each action, in the spellings of all versions of Flare. */
const options: Record<ActionName, Record<string, Form | Ignored>> = {
  expire_snapshots: {
    expireOlderThan: moment,
    olderThanMillis: moment,
    olderThanTimestamp: moment,
    expireSnapshotId: { ...id, orList: true },
    snapshotIds: { ...id, orList: true },
    retainLast: count,
    streamDeleteResults: withoutEffect,
    maxConcurrentDeletes: withoutEffect,
  },
  remove_orphans: {
    olderThan: moment,
    olderThanMillis: moment,
    olderThanTimestamp: moment,
    location: any,
    dryRun: flag,
    maxConcurrentDeletes: withoutEffect,
  },
  rewrite_manifest: {
    specId: new Ignored('the manifests of all specs are rewritten'),
    stagingLocation: withoutEffect,
    useCaching: withoutEffect,
  },
  rewrite_dataset: {
    strategy: any,
    sortOrder: any,
    where: any,
    filter: any,
    properties: any,
    targetSizeInBytes: count,
    splitOpenFileCost: withoutEffect,
    splitLookback: withoutEffect,
    outputSpecId: new Ignored("files are written under the table's current spec"),
    caseSensitive: new Ignored('names are found in any case'),
  },
  delete_from_dataset: { deleteWhere: any },
};

/**
 * Reports the options of an action that cannot be read, and those that mean nothing here. An option that no version of
 * Flare has is ignored with a warning.
 */
export function checkActionOptions(
  name: ActionName,
  node: YamlNode | undefined,
  problems: ProblemList,
): void {
  for (const option of optionEntries(node)) {
    const form = Object.hasOwn(options[name], option.key) ? options[name][option.key] : undefined;
    if (form instanceof Ignored) {
      problems.warn(
        option.keyRange,
        `"${option.key}" has no effect: ${form.why}.`,
        'Leave it out.',
      );
    } else if (form === undefined) {
      const known = Object.keys(options[name]);
      problems.warn(
        option.keyRange,
        `${name} has no option "${option.key}", so it is ignored.`,
        suggestion(nearest(option.key, known), known),
      );
    } else {
      checkValues(option, form, problems);
    }
  }
}

function checkValues({ key, value }: YamlEntry, form: Form, problems: ProblemList): void {
  if (form === any || value.kind === 'empty') return;
  const values = form.orList === true ? items(value) : [value];
  for (const each of values) {
    if (each.kind === 'scalar' && form.test(each.text)) continue;
    const said = each.kind === 'scalar' ? `the value "${each.text}"` : 'this value';
    problems.error(each.range, `Cannot read ${said} of ${key}.`, {
      remedy: `Write ${form.example}.`,
    });
  }
}
