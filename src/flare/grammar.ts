import { flareBlock } from './grammar-flare.ts';
import { choice, ignored, list, mapping, optional, required, text, unsupported } from './rule.ts';
import type { Rule } from './rule.ts';

/** The stacks that can be run, without their versions. */
export const stacks = ['flare', 'toolbox', 'alpha'];

/** DataOS's rule for names, from its linter: an id of 17 letters is appended, so they must be short. */
const dnsName: Rule = {
  kind: 'name',
  pattern: /^(?=.{1,47}$)[a-z]([-a-z0-9]*[a-z0-9])?$/,
  form: 'small letters, digits and hyphens, beginning with a letter, shorter than 48',
};

const alphaBlock: Rule = mapping({
  image: required('The image to run; only dataos-tool can be run here', text),
  command: optional('The command', list(text)),
  arguments: required('The arguments of dataos-tool', list(text)),
});

const toolboxBlock: Rule = mapping({
  dataset: required('The address of the table', text),
  action: required(
    'What to do with the table',
    mapping({
      name: required('The action', choice('set_version')),
      value: required('latest, a version such as v2, or a metadata file', text),
    }),
  ),
});

const spec: Rule = mapping({
  stack: required('The stack and its version, such as flare:1.0', text),
  flare: optional('The Flare job (flare:1.0 to 4.0)', flareBlock),
  alpha: optional('The container of the stack alpha', alphaBlock),
  toolbox: optional('The command of the stack toolbox', toolboxBlock),
  stackSpec: optional('The job, as its stack spells it (flare:5.0 and later)', {
    kind: 'by-stack',
    rules: { flare: flareBlock, alpha: alphaBlock, toolbox: toolboxBlock },
  }),
  title: ignored('A title for people'),
  description: ignored('A description for people'),
  tags: ignored('Labels'),
  envs: ignored('Environment variables'),
  tier: ignored('The kind of job'),
  compute: ignored('The compute to run on'),
  runAsUser: ignored('The user to run as'),
  runAsApiKey: ignored('The key to run with'),
  tempVolume: ignored('A volume'),
  persistentVolume: ignored('A volume'),
  resources: ignored('Cores and memory'),
  dryRun: ignored('Only try'),
  secrets: ignored('Secrets'),
  dataosSecrets: ignored('Secrets'),
  topology: ignored('The topology'),
  logLevel: ignored('The level of the log'),
});

const job: Rule = mapping({
  name: required('The name of the job', dnsName),
  title: optional('A title for people', text),
  description: ignored('A description for people'),
  tags: ignored('Labels'),
  spec: required('What the job runs', spec),
  dependencies: optional('The jobs to wait for', { kind: 'list', of: text, orOne: true }),
  retry: optional(
    'How often to run the job again when it fails',
    mapping({
      count: required('How often', { kind: 'integer', least: 0 }),
      strategy: optional(
        'After which failures',
        choice('Always', 'OnFailure', 'OnError', 'OnTransientError'),
      ),
    }),
  ),
  file: unsupported('A file with another workflow', 'Put its jobs into this workflow.'),
});

/** What a workflow's text may hold. */
export const workflowGrammar: Rule = mapping({
  version: required("The manifest's version, such as v1", text),
  name: required('The name of the workflow', dnsName),
  type: required('The kind of resource', choice('workflow')),
  title: ignored('A title for people'),
  layer: ignored('The layer'),
  workspace: ignored('The workspace'),
  tags: ignored('Labels'),
  description: ignored('A description for people'),
  owner: ignored('The owner'),
  workflow: required(
    'The jobs and their order',
    mapping({
      title: optional('A title for people', text),
      schedule: ignored('When to run'),
      dag: required('The jobs', list(job)),
    }),
  ),
});
