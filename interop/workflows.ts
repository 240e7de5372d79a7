/** What a job of a test writes, and how. */
export interface SinkText {
  /** Spark SQL without inputs; `rows` is the table itself if `reads` says so. */
  sql: string;
  reads?: boolean;
  saveMode?: 'append' | 'overwrite';
  partitionSpec?: readonly object[];
  properties?: Record<string, string>;
  branch?: string;
}

const depot = 'dataos://icebase:raw01';

/** The address of a table of the tests. */
export const addressOf = (dataset: string): string => `${depot}/${dataset}`;

/** A workflow whose one job writes a table. */
export function sinkWorkflow(dataset: string, sink: SinkText): string {
  const { sql, reads = false, saveMode = 'append', branch } = sink;
  const options = {
    saveMode,
    ...(branch === undefined ? {} : { extraOptions: { branch } }),
    iceberg: {
      ...(sink.properties === undefined ? {} : { properties: sink.properties }),
      ...(sink.partitionSpec === undefined ? {} : { partitionSpec: sink.partitionSpec }),
    },
  };
  return flareWorkflow({
    ...(reads ? { inputs: [own(dataset, 'rows')] } : {}),
    outputs: [{ name: 'result', dataset: `${addressOf(dataset)}?acl=rw`, options }],
    steps: [{ sequence: [{ name: 'result', sql }] }],
  });
}

/** A workflow whose one job maintains a table by actions of Flare; each is about the input `own`. */
export function actionWorkflow(dataset: string, ...actions: object[]): string {
  return flareWorkflow({
    inputs: [own(dataset, 'own')],
    actions: actions.map((action) => ({ ...action, input: 'own' })),
  });
}

/** A workflow that calls `dataos-tool dataset` about a table. */
export function toolWorkflow(dataset: string, command: string, ...flags: string[]): string {
  const words = ['dataset', command, '--address', addressOf(dataset), ...flags];
  const alpha = { image: 'rubiklabs/dataos-tool:0.0.26', arguments: words };
  return workflow({ stack: 'alpha', alpha });
}

const own = (dataset: string, name: string) => ({
  name,
  dataset: `${addressOf(dataset)}?acl=rw`,
  format: 'iceberg',
});

const flareWorkflow = (job: object): string => workflow({ stack: 'flare:4.0', flare: { job } });

/** JSON is YAML. */
function workflow(spec: object): string {
  const dag = [{ name: 'job', spec }];
  return JSON.stringify({ version: 'v1', name: 'interop', type: 'workflow', workflow: { dag } });
}
