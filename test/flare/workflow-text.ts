/** A workflow of jobs whose text is given, each as the item of `dag`. */
export function workflowOf(...jobs: string[]): string {
  return [
    'version: v1',
    'name: wf',
    'type: workflow',
    'workflow:',
    '  dag:',
    ...jobs.map((job) => indent(job, 4)),
    '',
  ].join('\n');
}

/** A job of the stack flare:1.0 whose `job` block is given. */
export function flareJob(name: string, block: string, more = ''): string {
  return `- name: ${name}\n${more}  spec:\n    stack: flare:1.0\n    flare:\n      job:\n${indent(block, 8)}`;
}

/** The block of a job with one input, one statement and one sink; `options` is its `outputOptions`. */
export function sinkBlock(options = 'saveMode: append'): string {
  return `inputs:
  - name: trips
    dataset: dataos://thirdparty01:none/ny-taxi-data
    format: json
outputs:
  - name: out
    depot: dataos://icebase:raw01?acl=rw
steps:
  - sequence:
      - name: result
        sql: SELECT * FROM trips
    sink:
      - sequenceName: result
        datasetName: ny_taxi_04
        outputName: out
        outputOptions:
${indent(options, 10)}`;
}

/** Every line of a text moved to the right. */
export function indent(text: string, spaces: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(spaces) + line))
    .join('\n');
}
