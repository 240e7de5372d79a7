import { type ExploredJob, type Operation, operations } from '../race/explorer/operations.ts';
import { type Script as Schedule, toRaceScript } from '../race/explorer/script.ts';
import type { Script } from '../race/script.ts';

/** A schedule as real workers can run it. */
export interface ExploredRace {
  /** YAML of the jobs, behind others that make the table what explored jobs find. */
  workflow: string;
  script: Script;
}

/** How a sink writes as an operation does. */
const sinks: Partial<Record<Operation, { saveMode: string; properties: Record<string, string> }>> =
  Object.fromEntries(
    operations.flatMap((operation) => {
      const [, dynamic, mode, isolation] =
        /^(dynamic-)?(append|overwrite)(?:-(snapshot|serializable))?$/.exec(operation) ?? [];
      if (mode === undefined) return [];
      const properties = {
        ...(dynamic === undefined ? {} : { 'overwrite-mode': 'dynamic' }),
        ...(isolation === undefined ? {} : { 'isolation-level': isolation }),
      };
      return [[operation, { saveMode: mode, properties }]];
    }),
  );

/** Rows of the explored table, by partition, before the jobs begin. */
const before = [
  { name: 'before', saveMode: 'overwrite', rows: { a: 5 } },
  { name: 'then', saveMode: 'append', rows: { a: 6, b: 7 } },
];

/**
 * An explored schedule as a race of real workers that comes out the same. `null` if there is none: actions go through
 * other stops than explored writers, and nobody can be killed between two stops.
 */
export function raceOfSchedule(
  jobs: readonly ExploredJob[],
  schedule: Schedule,
): ExploredRace | null {
  const steps = toRaceScript(schedule);
  const writers = jobs.map(({ name, operation, partition }, index) => {
    const sink = sinks[operation];
    const rows = { [partition]: index + 1 };
    return sink === undefined ? null : { name, ...sink, rows };
  });
  if (steps === null || !writers.every((writer) => writer !== null)) return null;
  const [first, then] = before.map((job) => ({ ...job, properties: {} }));
  if (first === undefined || then === undefined) return null;
  const dag = [
    jobText(first, []),
    jobText(then, [first.name]),
    ...writers.map((writer) => jobText(writer, [then.name])),
  ];
  const workflow = `# ${jobs.map(({ name }) => name).join(' and ')}, in an order that was explored.
version: v1
name: explored
type: workflow
workflow:
  dag:
${dag.join('\n')}`;
  const prelude = [first, then].flatMap(({ name: job }): Script => [
    { do: 'run', job, at: 'finished' },
    { do: 'release', job, at: 'finished' },
  ]);
  return { workflow, script: [...prelude, ...steps] };
}

interface Writer {
  name: string;
  saveMode: string;
  properties: Record<string, string>;
  rows: Readonly<Record<string, number>>;
}

function jobText(
  { name, saveMode, properties, rows }: Writer,
  dependencies: readonly string[],
): string {
  const selects = Object.entries(rows).map(
    ([partition, count]) => `select explode(sequence(1, ${count})) as id, '${partition}' as p`,
  );
  const entries = Object.entries(properties);
  const options =
    entries.length === 0
      ? ''
      : `                    properties:\n${entries.map(([key, value]) => `                      ${key}: ${value}\n`).join('')}`;
  return `    - name: ${name}
${dependencies.length === 0 ? '' : `      dependencies: [${dependencies.join(', ')}]\n`}      spec:
        stack: flare:7.0
        stackSpec:
          job:
            steps:
              - sequence:
                  - name: rows_to_write
                    sql: >
                      ${selects.join('\n                      union all ')}
            outputs:
              - name: rows_to_write
                dataset: dataos://icebase:lessons/explored?acl=rw
                format: iceberg
                options:
                  saveMode: ${saveMode}
                  iceberg:
${options}                    partitionSpec:
                      - { type: identity, column: p }
`;
}
