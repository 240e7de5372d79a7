import type { SourceRange } from '../error.ts';
import {
  choiceField,
  entry,
  field,
  integerField,
  itemsField,
  optionEntries,
  optionsOf,
  rangeOfField,
  textField,
} from './fields.ts';
import { partitionTypes } from './grammar-flare.ts';
import type { ProblemList } from './problem.ts';
import { isWriteOption, writeProblems } from './write-options.ts';
import type { PartitionItem, Sink, Sort, SortDirection } from './workflow.ts';
import type { YamlNode } from './yaml-tree.ts';

type Written = Omit<Sink, 'view' | 'address' | 'range'>;

/** Reads `outputOptions` (or `outputs[].options`): how a table is written. `at`: where to point if it is missing. */
export function readWriteOptions(
  node: YamlNode | undefined,
  at: SourceRange,
  problems: ProblemList,
): Written {
  const saveMode = choiceField(node, 'saveMode', ['append', 'overwrite']);
  if (textField(node, 'saveMode') === undefined) {
    problems.warn(
      node === undefined ? at : rangeOfField(node, 'saveMode'),
      'saveMode is missing, so rows are appended.',
      'Write saveMode: append or saveMode: overwrite.',
    );
  }
  const iceberg = field(node, 'iceberg');
  const declared = field(iceberg, 'properties');
  const extra = field(node, 'extraOptions');
  writeProblems([...optionEntries(declared), ...optionEntries(extra)], saveMode, problems);
  warnMisplaced(node, problems);

  const entries = Object.entries(optionsOf(declared));
  const options = {
    ...Object.fromEntries(entries.filter(([name]) => isWriteOption(name))),
    ...optionsOf(extra),
  };
  const sort = readSort(field(node, 'sort'));
  return {
    saveMode: saveMode ?? 'append',
    dynamic: saveMode === 'overwrite' && options['overwrite-mode']?.toLowerCase() === 'dynamic',
    properties: Object.fromEntries(entries.filter(([name]) => !isWriteOption(name))),
    options,
    partitionSpec: readPartitionSpec(iceberg, problems),
    ...(sort === undefined ? {} : { sort }),
  };
}

function warnMisplaced(node: YamlNode | undefined, problems: ProblemList): void {
  const spec = entry(node, 'partitionSpec');
  if (spec !== undefined) {
    problems.warn(
      spec.keyRange,
      'This partitionSpec has no effect: the table will not be partitioned by it.',
      'Move partitionSpec under iceberg.',
    );
  }
  const partitionBy = entry(node, 'partitionBy');
  if (partitionBy !== undefined) {
    problems.warn(
      partitionBy.keyRange,
      'partitionBy is for file formats and has no effect on an Iceberg table.',
      'Write a partitionSpec under iceberg.',
    );
  }
}

function readPartitionSpec(iceberg: YamlNode | undefined, problems: ProblemList): PartitionItem[] {
  const names = new Set<string>();
  return itemsField(iceberg, 'partitionSpec').flatMap((item) => {
    const type = choiceField(item, 'type', partitionTypes);
    const column = textField(item, 'column');
    if (type === undefined || column === undefined) return [];
    const name = textField(item, 'name') ?? textField(item, 'asColumn');
    const numBuckets = integerField(item, 'numBuckets');
    const width = integerField(item, 'width');
    if (type === 'bucket' && numBuckets === undefined) missing(item, 'bucket', 'numBuckets: 16');
    if (type === 'truncate' && width === undefined) missing(item, 'truncate', 'width: 10');
    const key = (name ?? defaultName(type, column)).toLowerCase();
    if (names.has(key)) {
      problems.error(rangeOfField(item, 'name'), `Two partition fields are named ${key}.`, {
        remedy: 'Give each a name of its own.',
      });
    }
    names.add(key);
    return [
      {
        type,
        column,
        ...(name === undefined ? {} : { name }),
        ...(type === 'bucket' && numBuckets !== undefined ? { numBuckets } : {}),
        ...(type === 'truncate' && width !== undefined ? { width } : {}),
        range: item.range,
      },
    ];
  });

  function missing(item: YamlNode, type: string, example: string): void {
    problems.error(
      rangeOfField(item, 'type'),
      `The partition type ${type} needs ${example.split(':')[0] ?? ''}.`,
      { remedy: `Write, for example, ${example}.` },
    );
  }
}

/** The name that Iceberg's `PartitionSpec.Builder` gives a field that has none. */
function defaultName(type: PartitionItem['type'], column: string): string {
  if (type === 'identity') return column;
  return `${column}_${type === 'truncate' ? 'trunc' : type}`;
}

const directions = [
  'ASC',
  'DESC',
  'ASC_NULLS_FIRST',
  'ASC_NULLS_LAST',
  'DESC_NULLS_FIRST',
  'DESC_NULLS_LAST',
] as const satisfies readonly SortDirection[];

function readSort(node: YamlNode | undefined): Sort | undefined {
  const columns = itemsField(node, 'columns').flatMap((item) => {
    const name = textField(item, 'name');
    const order = choiceField(item, 'order', directions) ?? 'ASC';
    return name === undefined ? [] : [{ name, order }];
  });
  if (columns.length === 0) return undefined;
  return { mode: choiceField(node, 'mode', ['partition', 'global']) ?? 'partition', columns };
}
