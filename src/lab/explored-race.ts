import { exhaustive } from '../exhaustive.ts';
import {
  type ExploredJob,
  type Maintenance,
  maintenance,
  type Operation,
  type Partition,
} from '../race/explorer/operations.ts';
import { type Script as Schedule, toRaceScript } from '../race/explorer/script.ts';
import type { Script } from '../race/script.ts';

/** A schedule as real workers can run it. */
export interface ExploredRace {
  /** YAML of the jobs, behind others that make the table what explored jobs find. */
  workflow: string;
  script: Script;
}

/** How a sink writes as an operation does. */
interface SinkOptions {
  saveMode: string;
  properties: Record<string, string>;
}

/** How an operation that writes rows is asked of a sink: its name says it. */
function sinkOptions(operation: Exclude<Operation, Maintenance>): SinkOptions {
  const [, dynamic, saveMode = '', isolation] =
    /^(dynamic-)?(append|overwrite)(?:-(snapshot|serializable))?$/.exec(operation) ?? [];
  const properties = {
    ...(dynamic === undefined ? {} : { 'overwrite-mode': 'dynamic' }),
    ...(isolation === undefined ? {} : { 'isolation-level': isolation }),
  };
  return { saveMode, properties };
}

/** The action that does what an operation does. */
function actionText(operation: Maintenance, partition: Partition): string {
  switch (operation) {
    case 'delete':
      return `- name: delete_from_dataset
  input: explored
  deleteWhere: "target.p = '${partition}'"`;
    case 'compaction':
      return `- name: rewrite_dataset
  input: explored
  options:
    where: "p = '${partition}'"
    properties:
      rewrite-all: 'true'`;
    case 'rewrite-manifests':
      return `- name: rewrite_manifest
  input: explored`;
    case 'expire-snapshots':
      return `- name: expire_snapshots
  input: explored
  options:
    expireOlderThan: '2999-01-01 00:00:00'`;
    default:
      return exhaustive(operation);
  }
}

/** Rows of a table by partition. */
type Rows = Readonly<Record<string, number>>;

/** Rows of the explored table before the jobs begin, and who writes them. */
const before: readonly { name: string; saveMode: string; rows: Rows }[] = [
  { name: 'before', saveMode: 'overwrite', rows: { a: 5 } },
  { name: 'then', saveMode: 'append', rows: { a: 6, b: 7 } },
];

const isMaintenance = (operation: Operation): operation is Maintenance =>
  maintenance.some((each) => each === operation);

/**
 * An explored schedule as a race of real workers that comes out the same; `null` if there is none, see
 * {@link toRaceScript}.
 */
export function raceOfSchedule(
  jobs: readonly ExploredJob[],
  schedule: Schedule,
): ExploredRace | null {
  const operationOf = new Map(jobs.map(({ name, operation }) => [name, operation]));
  const steps = toRaceScript(schedule, (job) =>
    isMaintenance(operationOf.get(job) ?? 'append') ? 'action' : 'sink',
  );
  if (steps === null) return null;
  const dag = [
    ...before.map(({ name, saveMode, rows }, index) =>
      jobText(
        name,
        before.slice(Math.max(0, index - 1), index),
        sinkText({ saveMode, properties: {} }, rows),
      ),
    ),
    ...jobs.map(({ name, operation, partition }, index) =>
      jobText(
        name,
        before.slice(-1),
        isMaintenance(operation)
          ? maintenanceText(operation, partition)
          : sinkText(sinkOptions(operation), { [partition]: index + 1 }),
      ),
    ),
  ];
  const workflow = `# ${jobs.map(({ name }) => name).join(' and ')}, in an order that was explored.
version: v1
name: explored
type: workflow
workflow:
  dag:
${dag.join('\n')}`;
  const prelude = before.flatMap(({ name: job }): Script => [
    { do: 'run', job, at: 'finished' },
    { do: 'release', job, at: 'finished' },
  ]);
  return { workflow, script: [...prelude, ...steps] };
}

function jobText(name: string, behind: readonly { name: string }[], work: string): string {
  const dependencies = behind.map((job) => `      dependencies: [${job.name}]\n`).join('');
  return `    - name: ${name}
${dependencies}      spec:
        stack: flare:7.0
        stackSpec:
          job:
${indented(work, 12)}
`;
}

function maintenanceText(operation: Maintenance, partition: Partition): string {
  return `inputs:
  - name: explored
    dataset: ${dataset}
    format: iceberg
actions:
${indented(actionText(operation, partition), 2)}`;
}

function sinkText({ saveMode, properties }: SinkOptions, rows: Rows): string {
  const selects = Object.entries(rows).map(
    ([partition, count]) => `select explode(sequence(1, ${count})) as id, '${partition}' as p`,
  );
  const entries = Object.entries(properties).map(([key, value]) => `${key}: ${value}`);
  const options = entries.length === 0 ? '' : `properties:\n${indented(entries.join('\n'), 2)}\n`;
  return `steps:
  - sequence:
      - name: rows_to_write
        sql: >
${indented(selects.join('\nunion all '), 10)}
outputs:
  - name: rows_to_write
    dataset: ${dataset}
    format: iceberg
    options:
      saveMode: ${saveMode}
      iceberg:
${indented(`${options}partitionSpec:\n  - { type: identity, column: p }`, 8)}`;
}

const dataset = 'dataos://icebase:lessons/explored?acl=rw';

const indented = (text: string, by: number): string => text.replaceAll(/^/gm, ' '.repeat(by));
