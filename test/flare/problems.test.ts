import { describe, expect, test } from 'vitest';
import { parseWorkflow } from '../../src/flare/parse.ts';
import type { Problem } from '../../src/flare/problem.ts';
import { flareJob, sinkBlock, workflowOf } from './workflow-text.ts';

/** The problems of a text, each with the piece of the text that it points at. */
function problemsOf(text: string): (Problem & { at: string })[] {
  const lines = text.split('\n');
  return parseWorkflow(text).problems.map((problem) => {
    const { line, column, endLine, endColumn } = problem.range;
    const end = line === endLine ? endColumn - 1 : undefined;
    return { ...problem, at: lines[line - 1]?.slice(column - 1, end) ?? '' };
  });
}

function changed(from: string, to: string): string {
  const text = workflowOf(flareJob('job-one', sinkBlock()));
  expect(text).toContain(from);
  return text.replace(from, to);
}

test('a workflow with nothing wrong has no problems', () => {
  expect(problemsOf(workflowOf(flareJob('job-one', sinkBlock())))).toEqual([]);
});

describe('keys', () => {
  test('an unknown key is reported at its place with the nearest name and all allowed', () => {
    expect(problemsOf(changed('sequence:', 'sequnce:'))).toMatchObject([
      {
        severity: 'error',
        message: 'Unknown key "sequnce".',
        remedy: 'Did you mean sequence?',
        at: 'sequnce',
        allowed: expect.arrayContaining(['sequence', 'sink']) as string[],
      },
      { message: 'No statement or input is named result.' },
    ]);
  });

  test('a missing key is reported at what needs it', () => {
    expect(problemsOf(changed('outputName: out\n', '\n'))).toMatchObject([
      { message: 'This item of "sink" needs the key "outputName".', at: 'sequenceName' },
    ]);
    expect(problemsOf(changed('name: wf\n', ''))).toMatchObject([
      {
        message: 'The workflow needs the key "name".',
        remedy: 'Write name: the name of the workflow.',
      },
    ]);
    expect(
      problemsOf(changed('workflow:\n', 'workflow:\n  title: t\n').replace('dag:', 'dagg:')),
    ).toMatchObject([
      { message: '"workflow" needs the key "dag".', at: 'workflow' },
      { at: 'dagg' },
    ]);
  });

  test.each([
    ['format: json', 'incremental: {}', 'incremental'],
    ['format: json', 'schemaString: "x"', 'schemaString'],
    ['steps:', 'streaming: {}\n            steps:', 'streaming'],
    ['steps:', 'assertions: []\n            steps:', 'assertions'],
    ['sql: SELECT * FROM trips', 'classpath: io.dataos.Joiner', 'classpath'],
    ['sql: SELECT * FROM trips', 'functions: [{name: drop}]', 'functions'],
  ])('what would change results and is not done here is refused (%s -> %s)', (from, to, key) => {
    expect(problemsOf(changed(from, to))).toMatchObject([
      { severity: 'error', message: `"${key}" is not supported here.`, at: key },
    ]);
  });

  test('cluster settings are accepted without effect', () => {
    const text = changed(
      '      job:',
      `      driver: {cores: 1, memory: 1024m}
          executor: {instances: 2}
          configs: {}
          sparkConf:
            - spark.sql.ansi.enabled: true
            - spark.sql.shuffle.partitions: 8
          job:`,
    ).replace(
      'spec:',
      'spec:\n        compute: runnable-default\n        envs: {LOG_LEVEL: debug}',
    );
    expect(problemsOf(text)).toEqual([]);
    expect(parseWorkflow(text).workflow?.jobs[0]?.stack).toMatchObject({
      sparkConf: { 'spark.sql.ansi.enabled': 'true', 'spark.sql.shuffle.partitions': '8' },
    });
  });

  test('kinds of values are checked', () => {
    expect(problemsOf(changed('inputs:\n', 'explain: maybe\n            inputs:\n'))).toMatchObject(
      [{ message: '"explain" must be true or false, not "maybe".', at: 'maybe' }],
    );
    expect(problemsOf(changed('  - sequence:', '    sequence:'))).toMatchObject([
      { message: '"steps" must be a list, each item after a hyphen.' },
    ]);
  });
});

describe('values', () => {
  test('a wrong value is reported with the allowed ones', () => {
    expect(problemsOf(changed('saveMode: append', 'saveMode: apend'))).toMatchObject([
      {
        message: 'Unknown value "apend" of "saveMode".',
        remedy: 'Did you mean append?',
        allowed: ['append', 'overwrite'],
        at: 'apend',
      },
    ]);
    expect(problemsOf(changed('saveMode: append', 'saveMode: ErrorIfExists'))).toMatchObject([
      { message: 'The value "ErrorIfExists" of "saveMode" is not supported here.' },
    ]);
  });

  test('the case of a value does not count', () => {
    const text = changed('format: json', 'format: JSON').replace('append', 'Overwrite');
    expect(parseWorkflow(text)).toMatchObject({
      problems: [],
      workflow: {
        jobs: [{ stack: { inputs: [{ format: 'json' }], sinks: [{ saveMode: 'overwrite' }] } }],
      },
    });
  });

  test.each([
    ['metadata', 'snappy', ['gzip', 'none']],
    ['manifest', 'lzo', ['gzip', 'snappy', 'uncompressed', 'zstd']],
  ])(
    'a codec of %s that Iceberg would refuse is refused before anything runs',
    (what, codec, allowed) => {
      const options = (name: string) =>
        `saveMode: append\niceberg:\n  properties:\n    write.${what}.compression-codec: ${name}`;
      const problems = (name: string) =>
        problemsOf(workflowOf(flareJob('job-one', sinkBlock(options(name)))));
      expect(problems(codec)).toMatchObject([{ severity: 'error', allowed, at: codec }]);
      for (const name of allowed) expect(problems(name)).toEqual([]);
    },
  );

  test.each(['metadata', 'manifest'])('a typo in a property of %s is pointed out', (what) => {
    const options = `saveMode: append\niceberg:\n  properties:\n    write.${what}compression-codec: gzip`;
    expect(problemsOf(workflowOf(flareJob('job-one', sinkBlock(options))))).toMatchObject([
      { severity: 'warning', remedy: `Did you mean write.${what}.compression-codec?` },
    ]);
  });

  test('names follow the rule of DataOS', () => {
    expect(problemsOf(changed('job-one', 'Job_One'))).toMatchObject([{ at: 'Job_One' }]);
    const long = 'a'.repeat(48);
    expect(problemsOf(changed('job-one', long))).toMatchObject([{ at: long }]);
    expect(problemsOf(changed('job-one', long.slice(1)))).toEqual([]);
  });

  test('an address that breaks the grammar says how', () => {
    const text = changed('dataos://thirdparty01:none/ny-taxi-data', 'dataos:////thirdparty01:x/t');
    expect(problemsOf(text)[0]).toMatchObject({
      message:
        'Invalid dataset found: dataos:////thirdparty01:x/t: "" is no depot: it may hold letters, digits and hyphens.',
      at: 'dataos:////thirdparty01:x/t',
    });
  });
});

describe('sinks', () => {
  test('an output without acl=rw is refused before anything is written', () => {
    expect(problemsOf(changed('raw01?acl=rw', 'raw01'))).toMatchObject([
      {
        severity: 'error',
        kind: 'AccessDenied',
        message: 'Access denied: dataos://icebase:raw01 is read-only without acl=rw.',
        remedy: 'Write dataos://icebase:raw01?acl=rw.',
        at: 'dataos://icebase:raw01',
      },
    ]);
  });

  test('an output or a view that does not exist is reported with the nearest', () => {
    expect(problemsOf(changed('outputName: out', 'outputName: oout'))).toMatchObject([
      { message: 'No output is named oout.', remedy: 'Did you mean out?', at: 'oout' },
    ]);
    expect(problemsOf(changed('sequenceName: result', 'sequenceName: reslt'))).toMatchObject([
      { message: 'No statement or input is named reslt.', remedy: 'Did you mean result?' },
    ]);
  });

  test('a partitionSpec beside iceberg has no effect and says so', () => {
    const options =
      'saveMode: append\npartitionSpec:\n  - {type: month, column: d}\niceberg:\n  properties: {}';
    const text = workflowOf(flareJob('job-one', sinkBlock(options)));
    expect(problemsOf(text)).toMatchObject([
      { severity: 'warning', at: 'partitionSpec', remedy: 'Move partitionSpec under iceberg.' },
    ]);
    expect(parseWorkflow(text).workflow?.jobs[0]?.stack).toMatchObject({
      sinks: [{ partitionSpec: [] }],
    });
  });

  test('a compression level does nothing and says so', () => {
    for (const level of ['compression-level', 'write.parquet.compression-level']) {
      const options = `saveMode: append\niceberg:\n  properties:\n    ${level}: "9"`;
      expect(problemsOf(workflowOf(flareJob('job-one', sinkBlock(options))))).toMatchObject([
        { severity: 'warning', at: level, remedy: 'Leave it out.' },
      ]);
    }
  });

  test('overwrite-mode does nothing with append and says so', () => {
    const options = 'saveMode: append\niceberg:\n  properties:\n    overwrite-mode: dynamic';
    const text = workflowOf(flareJob('job-one', sinkBlock(options)));
    expect(problemsOf(text)).toMatchObject([{ severity: 'warning', at: 'overwrite-mode' }]);
    expect(parseWorkflow(text).workflow?.jobs[0]?.stack).toMatchObject({
      sinks: [{ dynamic: false }],
    });
  });

  test('bucket and truncate need their numbers, and names are unique', () => {
    const spec = (items: string) =>
      problemsOf(
        workflowOf(
          flareJob('job-one', sinkBlock(`saveMode: append\niceberg:\n  partitionSpec:\n${items}`)),
        ),
      );
    expect(spec('    - {type: bucket, column: id}')).toMatchObject([
      { message: 'The partition type bucket needs numBuckets.' },
    ]);
    expect(spec('    - {type: Truncate, column: id, width: 0}')).toMatchObject([{ at: '0' }]);
    expect(
      spec('    - {type: day, column: a, name: p}\n    - {type: hour, column: b, name: p}'),
    ).toMatchObject([{ message: 'Two partition fields are named p.' }]);
  });

  test('a missing saveMode means append, with a warning', () => {
    const text = workflowOf(flareJob('job-one', sinkBlock('iceberg: {properties: {}}')));
    expect(problemsOf(text)).toMatchObject([{ severity: 'warning' }]);
    expect(parseWorkflow(text).workflow?.jobs[0]?.stack).toMatchObject({
      sinks: [{ saveMode: 'append' }],
    });
  });
});

describe('jobs', () => {
  const job = (name: string, dependencies: string) =>
    flareJob(name, sinkBlock(), `  dependencies: ${dependencies}\n`);

  test('two jobs cannot share a name', () => {
    expect(problemsOf(workflowOf(job('one', '[]'), job('one', '[]')))).toMatchObject([
      { message: 'Two jobs are named one.', range: { line: 29 } },
    ]);
  });

  test('a dependency must be a job', () => {
    expect(problemsOf(workflowOf(job('one', '[]'), job('two', 'onne')))).toMatchObject([
      { message: 'No job is named onne.', remedy: 'Did you mean one?', at: 'onne' },
    ]);
  });

  test('jobs cannot wait for each other', () => {
    const text = workflowOf(job('one', 'three'), job('two', '[one]'), job('three', '[two]'));
    expect(problemsOf(text)).toMatchObject([
      { message: 'Jobs wait for each other: one → three → two → one.' },
    ]);
    expect(problemsOf(workflowOf(job('one', 'one')))).toMatchObject([
      { message: 'Jobs wait for each other: one → one.' },
    ]);
  });

  test('an unknown stack is reported', () => {
    const text = workflowOf(job('one', '[]')).replace('flare:1.0', 'flair:1.0');
    expect(problemsOf(text)).toMatchObject([
      { message: 'Unknown stack "flair:1.0".', remedy: 'Did you mean flare?', at: 'flair:1.0' },
    ]);
  });
});

describe('YAML', () => {
  test('a syntax error points at its place', () => {
    expect(problemsOf('name: a\ntags: [b\n')[0]).toMatchObject({
      severity: 'error',
      range: { line: 3, column: 1 },
    });
    expect(problemsOf('name: a\nname: b\n')[0]).toMatchObject({
      message: 'The key "name" stands here twice.',
      remedy: 'Keep one of them.',
      range: { line: 2 },
    });
  });

  test('a text without a workflow says so', () => {
    for (const text of ['', '# only a comment\n', '---\n---\n']) {
      expect(problemsOf(text)).toMatchObject([{ message: 'There is no workflow in this text.' }]);
    }
    expect(problemsOf('- a\n- b\n')).toMatchObject([
      { message: 'The workflow must be keys with values.' },
    ]);
  });

  test('a second workflow in the text is refused', () => {
    const one = workflowOf(flareJob('job-one', sinkBlock()));
    expect(problemsOf(`${one}---\n${one}`)).toMatchObject([
      { message: 'Only one workflow may stand here.' },
    ]);
  });

  test('a value that contains itself is refused', () => {
    expect(problemsOf('name: &a [*a]\n').map(({ message }) => message)).toContain(
      'This value contains itself.',
    );
  });
});

describe('what is no YAML', () => {
  const plain = workflowOf(flareJob('job-one', sinkBlock()));

  test('a tab is told once, not what it makes of the lines after it', () => {
    expect(problemsOf(plain.replace('    - name: job-one', '\t- name: job-one'))).toMatchObject([
      {
        message: 'This is no valid YAML: Tabs are not allowed as indentation.',
        remedy: 'Indent with spaces.',
        range: { line: 6, column: 1 },
      },
    ]);
  });

  test('brackets without end are told once', () => {
    const messages = problemsOf('['.repeat(20_000)).map(({ message }) => message);
    expect(messages).toEqual(['This is nested too deeply.']);
  });

  test('text in UTF-16 is told as such', () => {
    const wide = plain.replaceAll(/./gs, '$&\0');
    expect(problemsOf(wide)).toMatchObject([
      { remedy: 'Save the file as UTF-8.', range: { line: 1, column: 2 } },
    ]);
  });
});
