import { parseWorkflows } from '../../../src/flare/parse.ts';
import type { Workflow } from '../../../src/flare/workflow.ts';

/** One job of a workflow's text, as YAML at the indentation that {@link workflowText} expects. */
export type JobText = string;

/** Where the tests' trips are dropped, and the table that their jobs write. */
export const dropped = 'dataos://thirdparty01:none/trips';
export const table = 'dataos://icebase:raw01/trips';
export const sqlName = 'icebase.raw01.trips';

/** A job that writes a query of the dropped view `trips` to the table. */
export function sinkJob(
  name: string,
  sql: string,
  { mode = 'append', properties = {}, spec = '', actions = '' }: SinkText = {},
): JobText {
  const entries = Object.entries(properties).map(([key, value]) => `${key}: "${value}"`);
  return `
  - name: ${name}
    spec:
      stack: flare:4.0
      flare:
        job:
          inputs:
          - { name: trips, dataset: ${dropped}, format: json }
          ${actions === '' ? '' : `- { name: own, dataset: ${table}?acl=rw }`}
          outputs:
          - name: result
            dataset: ${table}?acl=rw
            options:
              saveMode: ${mode}
              iceberg:
                properties: { ${entries.join(', ')} }
                partitionSpec: [${spec}]
          steps:
          - sequence: [{ name: result, sql: ${JSON.stringify(sql)} }]
          ${actions === '' ? '' : `actions: [${actions}]`}`;
}

/** What a {@link sinkJob} may say beside its query; `spec` and `actions` as items of YAML's flow style. */
export interface SinkText {
  mode?: 'append' | 'overwrite';
  properties?: Record<string, string>;
  spec?: string;
  actions?: string;
}

/** A job that only maintains the table. `actions`: items of YAML's flow style about the input `own`. */
export function actionJob(name: string, actions: string, sequence = ''): JobText {
  return `
  - name: ${name}
    spec:
      stack: flare:4.0
      flare:
        job:
          inputs: [{ name: own, dataset: ${table}?acl=rw, format: iceberg }]
          ${sequence === '' ? '' : `steps: [{ sequence: [${sequence}] }]`}
          actions: [${actions}]`;
}

/** A job of the stack alpha that runs dataos-tool with these arguments. */
export function toolJob(name: string, ...words: string[]): JobText {
  return `
  - name: ${name}
    spec:
      stack: alpha
      alpha:
        image: rubiklabs/dataos-tool:0.0.26
        arguments: ${JSON.stringify(['dataset', ...words])}`;
}

/** The text of a workflow of these jobs. */
export function workflowText(...jobs: JobText[]): string {
  return `version: v1\nname: test-workflow\ntype: workflow\nworkflow:\n  dag:${jobs.join('')}\n`;
}

/** A workflow of these jobs. Throws what is wrong with it. */
export function workflowOf(...jobs: JobText[]): Workflow {
  const { workflows, problems } = parseWorkflows(workflowText(...jobs));
  const [workflow] = workflows;
  if (workflow === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return workflow;
}
