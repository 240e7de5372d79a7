import { describe, expect, test } from 'vitest';
import { parseWorkflow, parseWorkflows } from '../../src/flare/parse.ts';
import type { FlareJob, Job } from '../../src/flare/workflow.ts';
import { flareJob, indent, sinkBlock, workflowOf } from './workflow-text.ts';

function jobsOf(text: string): Job[] {
  const { workflow, problems } = parseWorkflow(text);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return workflow?.jobs ?? [];
}

function stackSpecJob(stack: string, block: string): string {
  return `- name: job-one\n  spec:\n    stack: ${stack}\n    compute: runnable-default\n    stackSpec:\n${indent(block, 6)}`;
}

const outputs = `inputs:
  - name: city_connect
    dataset: dataos://thirdparty01:none/city?acl=r
    format: csv
    options:
      header: true
      inferSchema: false
outputs:
  - name: cities
    dataset: dataos://icebase:retail/city?acl=rw
    format: Iceberg
    description: City data
    options:
      saveMode: Overwrite
      sort:
        mode: Partition
        columns:
          - name: version
            order: desc
      extraOptions:
        isolation-level: serializable
      iceberg:
        properties:
          overwrite-mode: Dynamic
          write.metadata.previous-versions-max: "10"
          snapshot-property.team: red
        partitionSpec:
          - type: Bucket
            column: id
            numBuckets: 4
          - type: day
            column: ts
            asColumn: on_day
steps:
  - sequence:
      - name: cities
        sql: SELECT * FROM city_connect`;

describe('a Flare job', () => {
  test.each(['flare:3.0', 'flare:5.0', 'flare:7.0', 'flare'])(
    'of %s may name its view and dataset in the output',
    (stack) => {
      const [job] = jobsOf(workflowOf(stackSpecJob(stack, `job:\n${indent(outputs, 2)}`)));
      expect(job?.stack).toMatchObject({
        kind: 'flare',
        inputs: [{ format: 'csv', options: { header: 'true', inferSchema: 'false' } }],
        sinks: [
          {
            view: 'cities',
            address: { depot: 'icebase', collection: 'retail', dataset: 'city', acl: 'rw' },
            saveMode: 'overwrite',
            dynamic: true,
            properties: { 'write.metadata.previous-versions-max': '10' },
            options: {
              'isolation-level': 'serializable',
              'overwrite-mode': 'Dynamic',
              'snapshot-property.team': 'red',
            },
            sort: { mode: 'partition', columns: [{ name: 'version', order: 'DESC' }] },
            partitionSpec: [
              { type: 'bucket', column: 'id', numBuckets: 4 },
              { type: 'day', column: 'ts', name: 'on_day' },
            ],
          },
        ],
      });
    },
  );

  test('may write an input without any step', () => {
    const block = outputs
      .replace(/steps:[^]*$/, '')
      .replace('- name: cities', '- name: city_connect');
    const [job] = jobsOf(workflowOf(flareJob('job-one', block)));
    expect(job?.stack).toMatchObject({ statements: [], sinks: [{ view: 'city_connect' }] });
  });

  test('may have several sinks, and sinks before their sequence', () => {
    const block = sinkBlock().replace(
      'outputOptions:\n          saveMode: append',
      'outputOptions: {saveMode: append}\n      - {sequenceName: RESULT, datasetName: copy, outputName: out, outputOptions: {saveMode: overwrite}}',
    );
    const [job] = jobsOf(workflowOf(flareJob('job-one', block)));
    expect((job?.stack as FlareJob).sinks).toMatchObject([
      { view: 'result', address: { dataset: 'ny_taxi_04' }, saveMode: 'append' },
      { view: 'result', address: { dataset: 'copy' }, saveMode: 'overwrite', dynamic: false },
    ]);
  });

  test('may share parts by anchors', () => {
    const text = workflowOf(
      flareJob('job-one', sinkBlock()).replace('job:', 'job: &job'),
      '- name: job-two\n  dependencies: [job-one]\n  spec:\n    stack: flare:2.0\n    flare:\n      job: *job',
    );
    const [one, two] = jobsOf(text);
    expect(two?.stack).toEqual(one?.stack);
    expect(two?.dependencies).toEqual(['job-one']);
  });

  test('may hold only actions', () => {
    const block = `inputs:
  - {name: city, dataset: "dataos://icebase:retail/city?acl=rw", format: iceberg}
actions:
  - name: rewrite_dataset
    input: city
    options:
      strategy: sort
      sortOrder: zone DESC
      properties:
        target-file-size-bytes: "1048576"
  - name: expire_snapshots
    options: {expireOlderThan: "1674201289720", snapshotIds: ["1", "2"]}
  - name: delete_from_dataset
    deleteWhere: "target.state_code = 'AL'"`;
    const [job] = jobsOf(workflowOf(flareJob('job-one', block)));
    expect((job?.stack as FlareJob).actions).toMatchObject([
      {
        name: 'rewrite_dataset',
        address: { dataset: 'city' },
        options: { strategy: 'sort', sortOrder: 'zone DESC' },
        properties: { 'target-file-size-bytes': '1048576' },
      },
      {
        name: 'expire_snapshots',
        options: { expireOlderThan: '1674201289720', snapshotIds: ['1', '2'] },
      },
      { name: 'delete_from_dataset', deleteWhere: { sql: "target.state_code = 'AL'" } },
    ]);
  });

  test.each([
    [
      'expire_snapshots',
      'expireOlderThan: yesterday',
      'Cannot read the value "yesterday" of expireOlderThan.',
    ],
    ['expire_snapshots', 'retainLast: "0"', 'Cannot read the value "0" of retainLast.'],
    [
      'expire_snapshots',
      'snapshotIds: [1, newest]',
      'Cannot read the value "newest" of snapshotIds.',
    ],
    [
      'expire_snapshots',
      'olderThan: "5"',
      'expire_snapshots has no option "olderThan", so it is ignored.',
    ],
    ['remove_orphans', 'dryRun: perhaps', 'Cannot read the value "perhaps" of dryRun.'],
    ['remove_orphans', 'olderThanTimestamp: [1]', 'Cannot read this value of olderThanTimestamp.'],
    [
      'rewrite_manifest',
      'specId: "0"',
      '"specId" has no effect: the manifests of all specs are rewritten.',
    ],
    [
      'rewrite_dataset',
      'constructor: "1"',
      'rewrite_dataset has no option "constructor", so it is ignored.',
    ],
  ])('of %s says what is wrong with { %s }', (action, options, message) => {
    const block = `inputs: [{name: city, dataset: "dataos://icebase:raw01/city?acl=rw"}]
actions:
  - {name: ${action}, options: { ${options} }}`;
    const text = workflowOf(flareJob('job-one', block));
    const { problems } = parseWorkflow(text);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    const lines = text.split('\n');
    const { line, column } = problems[0]?.range ?? { line: 0, column: 0 };
    const pointed = lines[line - 1]?.slice(column - 1) ?? '';
    expect(options).toContain(pointed.slice(0, 3));
  });

  test('knows the options of all versions of Flare', () => {
    const block = `inputs: [{name: city, dataset: "dataos://icebase:raw01/city?acl=rw"}]
actions:
  - {name: expire_snapshots, options: {expireOlderThan: 1674201289720, expireSnapshotId: "7", retainLast: 2, streamDeleteResults: "true"}}
  - {name: expire_snapshots, options: {olderThanMillis: "5", olderThanTimestamp: 2026-01-31 12:00:00.5, snapshotIds: ["1"], maxConcurrentDeletes: 4}}
  - {name: remove_orphans, options: {olderThan: 2026-01-31, location: "opfs:///x", dryRun: true, maxConcurrentDeletes: 4}}
  - {name: remove_orphans, options: {olderThanMillis: 5, olderThanTimestamp: "2026-01-31T12:00:00+02:00"}}
  - {name: rewrite_manifest, options: {stagingLocation: x, useCaching: true}}`;
    expect(parseWorkflow(workflowOf(flareJob('job-one', block))).problems).toEqual([]);
  });

  test('an action must name an input that exists', () => {
    const block = `inputs: []
actions:
  - {name: expire_snapshots, input: city}
  - {name: remove_orphans}
  - {name: vacuum}`;
    const { problems } = parseWorkflow(workflowOf(flareJob('job-one', block)));
    expect(problems.map(({ message }) => message)).toEqual([
      'No input is named city.',
      'This action needs the key "input".',
      'Unknown value "vacuum" of "name".',
    ]);
  });

  test('keeps its retry and its title', () => {
    const more = '  title: First\n  retry: {count: 2, strategy: onFailure}\n';
    const [job] = jobsOf(workflowOf(flareJob('job-one', sinkBlock(), more)));
    expect(job).toMatchObject({ title: 'First', retry: { count: 2, strategy: 'OnFailure' } });
  });
});

describe('a tool job', () => {
  const alpha = (...words: string[]) =>
    workflowOf(
      `- name: tool\n  spec:\n    stack: alpha\n    alpha:\n      image: rubiklabs/dataos-tool:0.0.26\n      arguments:\n${words.map((word) => `        - ${word}`).join('\n')}`,
    );

  test.each([
    [['--address', 'dataos://icebase:raw01/t', '--version', 'latest']],
    [['--address=dataos://icebase:raw01/t', '--version=latest']],
    [['-a', 'dataos://icebase:raw01/t?acl=rw', '-v', 'latest']],
  ])('takes its flags as %j', (flags) => {
    const [job] = jobsOf(alpha('dataset', 'set-metadata', ...flags));
    expect(job?.stack).toMatchObject({
      kind: 'tool',
      tool: 'set-metadata',
      address: { dataset: 't' },
      flags: { version: 'latest' },
    });
  });

  test.each([
    [[], 'false'],
    [['--purge'], 'true'],
    [['-p'], 'true'],
    [['--purge', 'false'], 'false'],
    [['-p', 'true'], 'true'],
    [['--purge=TRUE'], 'TRUE'],
  ])('drops with %j', (flags, purge) => {
    const words = ['dataset', 'drop', ...flags, '--address', 'dataos://icebase:raw01/t'];
    const [job] = jobsOf(alpha(...words));
    const stack = job?.stack.kind === 'tool' ? job.stack : undefined;
    expect(stack?.tool).toBe('drop');
    expect(stack?.flags.purge ?? 'false').toBe(purge);
  });

  test.each(['dataos://icebase:raw01', 'dataos://icebase:raw01/t?acl=r'])(
    'lists the collection of %s',
    (address) => {
      const [job] = jobsOf(alpha('dataset', 'list', '-a', address));
      expect(job?.stack).toMatchObject({ tool: 'list', address: { collection: 'raw01' } });
    },
  );

  test.each([
    [
      ['dataset', 'create', '-a', 'dataos://a:b/c', '-f', 'manifest.yaml'],
      'dataset create reads a manifest file, and a workflow has no files.',
    ],
    [
      ['dataset', 'drop', '-a', 'dataos://a:b/c', '--purge=perhaps'],
      'Cannot read the value "perhaps" of --purge.',
    ],
    [['dataset', 'snapshots'], 'dataset snapshots needs the flag --address.'],
    [['dataset', 'set-metdata'], 'dataos-tool has no command "dataset set-metdata" here.'],
    [['depot', 'list'], 'dataos-tool has no command "depot list" here.'],
    [[], 'dataos-tool has no command "" here.'],
    [
      ['dataset', 'set-metadata', '--address', 'dataos://a:b/c'],
      'dataset set-metadata needs the flag --version.',
    ],
    [
      ['dataset', 'drop-column', '--address=dataos://a:b/c', '--nam=x'],
      'dataset drop-column has no flag "--nam=x".',
    ],
    [
      ['dataset', 'set-metadata', '--version', 'latest', '--address'],
      'The flag --address needs a value.',
    ],
    [
      ['dataset', 'rollback', '-a=dataos://a:b/c', '-i', 'newest'],
      'Cannot read the value "newest" of --id.',
    ],
    [
      ['dataset', 'update-partition', '-a=dataos://a:b/c', '--spec', 'day'],
      'Cannot read the value "day" of --spec.',
    ],
    [
      ['dataset', 'rename-field', '-a=dataos://a:b/c', '-n', 'x', '-n', 'y', '-m', 'z'],
      'The flag --name stands twice.',
    ],
    [['dataset', 'drop-field', 'name'], 'dataset drop-field has no flag "name".'],
  ])('refuses %j', (words, message) => {
    const text = alpha(...words).replace(/arguments:\n$/, 'arguments: []\n');
    expect(parseWorkflow(text).problems.map((problem) => problem.message)).toContain(message);
  });

  test('points at the flag that is wrong, and lists the known ones', () => {
    const text = alpha('dataset', 'rename-field', '--newname', 'x');
    const { problems } = parseWorkflow(text);
    const line = text.split('\n').findIndex((words) => words.includes('--newname'));
    expect(problems.find(({ message }) => message.includes('--newname'))).toMatchObject({
      range: { line: line + 1, column: expect.any(Number) as number },
      remedy: 'Did you mean --newName or --name?',
      allowed: ['--address', '--name', '--newName'],
    });
  });

  test('lists the commands that there are', () => {
    const { problems } = parseWorkflow(alpha('dataset', 'vacuum'));
    expect(problems[0]?.allowed).toContain('rollback');
    expect(problems[0]?.allowed).toContain('cherrypick-snapshot');
  });

  test('runs no other image', () => {
    const text = alpha('dataset', 'set-metadata').replace('dataos-tool:0.0.26', 'alpine');
    expect(parseWorkflow(text).problems).toMatchObject([
      { message: 'The image rubiklabs/alpine cannot be run here.' },
    ]);
  });

  test.each(['toolbox', 'stackSpec'])('may be a toolbox under %s', (key) => {
    const text = workflowOf(
      `- name: tool\n  spec:\n    stack: toolbox:1.0\n    ${key}:\n      dataset: dataos://icebase:raw01/t\n      action: {name: set_version, value: v2.gz.metadata.json}`,
    );
    expect(jobsOf(text)[0]?.stack).toMatchObject({
      kind: 'tool',
      tool: 'set-metadata',
      flags: { version: 'v2.gz.metadata.json' },
    });
  });
});

test('titles and what only streams need are accepted wherever published workflows have them', () => {
  const text = workflowOf(
    flareJob('job-one', sinkBlock('saveMode: append\ncheckpointLocation: dataos://a:b/c')),
  );
  jobsOf(text.replace('type: workflow', 'type: workflow\ntitle: Taxi trips'));
});

test('several workflows may stand in one text, one for each document', () => {
  const one = workflowOf(flareJob('job-one', sinkBlock()));
  const { workflows, problems } = parseWorkflows(`# first\n---\n${one}---\n# second\n${one}---\n`);
  expect(problems).toEqual([]);
  expect(workflows.map(({ name, jobs }) => [name, jobs.length])).toEqual([
    ['wf', 1],
    ['wf', 1],
  ]);
  expect(workflows[1]?.range.line).toBeGreaterThan(30);
});
