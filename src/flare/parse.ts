import type { SourceRange } from '../error.ts';
import { nearest } from '../nearest.ts';
import { check, suggestion } from './check.ts';
import { findCycle } from './dag.ts';
import {
  choiceField,
  entry,
  field,
  integerField,
  items,
  itemsField,
  rangeOfField,
  scalarField,
  textField,
} from './fields.ts';
import { stacks, workflowGrammar } from './grammar.ts';
import { ProblemList } from './problem.ts';
import type { Problem } from './problem.ts';
import { readFlareJob } from './read-job.ts';
import { readAlphaJob, readToolboxJob } from './read-tool.ts';
import { unknownName } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Job, Retry, Workflow } from './workflow.ts';
import { readYaml } from './yaml-tree.ts';
import type { YamlNode } from './yaml-tree.ts';

/** The one workflow of a text: `null` if it has errors. Never throws. */
export function parseWorkflow(text: string): { workflow: Workflow | null; problems: Problem[] } {
  const { workflows, problems } = readWorkflows(text);
  const second = workflows[1];
  if (second !== undefined) {
    problems.error(second.range, 'Only one workflow may stand here.', {
      remedy: 'Put each workflow into a text of its own.',
    });
  }
  return { workflow: problems.errors > 0 ? null : (workflows[0] ?? null), problems: problems.all };
}

/** The workflows of a text, one for each YAML document: none if there are errors. Never throws. */
export function parseWorkflows(text: string): { workflows: Workflow[]; problems: Problem[] } {
  const { workflows, problems } = readWorkflows(text);
  return { workflows: problems.errors > 0 ? [] : workflows, problems: problems.all };
}

/** What can be read of the workflows of a text, even if it has errors. Never throws. */
export function readWorkflows(text: string): { workflows: Workflow[]; problems: ProblemList } {
  const problems = new ProblemList();
  const documents = readYaml(text, problems);
  if (documents.length === 0 && problems.errors === 0) {
    const range: SourceRange = { line: 1, column: 1, endLine: 1, endColumn: 1 };
    problems.error(range, 'There is no workflow in this text.', {
      remedy: 'Begin with version: v1, name: and type: workflow.',
    });
  }
  const workflows = documents.map((document) => {
    check(document, workflowGrammar, problems);
    return readWorkflow(document, { text, problems });
  });
  problems.sort();
  return { workflows, problems };
}

function readWorkflow(document: YamlNode, reading: Reading): Workflow {
  const block = field(document, 'workflow');
  const dag = itemsField(block, 'dag');
  if (field(block, 'dag')?.kind === 'list' && dag.length === 0) {
    reading.problems.error(rangeOfField(block ?? document, 'dag'), 'A workflow needs a job.');
  }
  const jobs = dag.flatMap((node) => readJob(node, reading));
  checkDependencies(dag, jobs, reading);
  const title = textField(block, 'title');
  return {
    name: textField(document, 'name') ?? '',
    ...(title === undefined ? {} : { title }),
    jobs,
    range: document.range,
  };
}

function readJob(node: YamlNode, reading: Reading): Job[] {
  const name = textField(node, 'name');
  const stack = readStack(field(node, 'spec'), reading);
  if (name === undefined || stack === null) return [];
  const title = textField(node, 'title');
  const retry = readRetry(field(node, 'retry'));
  return [
    {
      name,
      ...(title === undefined ? {} : { title }),
      dependencies: itemsField(node, 'dependencies').flatMap((item) =>
        item.kind === 'scalar' ? [item.text.trim()] : [],
      ),
      ...(retry === undefined ? {} : { retry }),
      stack,
      range: node.range,
    },
  ];
}

function readStack(spec: YamlNode | undefined, reading: Reading): Job['stack'] | null {
  const stack = scalarField(spec, 'stack');
  if (spec === undefined || stack === undefined) return null;
  const [, name = '', version] = /^([^:]*)(?::(.*))?$/s.exec(stack.text.trim()) ?? [];
  if (!stacks.includes(name) || (version !== undefined && !/^\d+(\.\d+)*$/.test(version))) {
    reading.problems.error(stack.range, `Unknown stack "${stack.text.trim()}".`, {
      remedy: suggestion(nearest(name, stacks), ['flare:1.0 to flare:7.0', 'alpha', 'toolbox']),
      allowed: stacks,
    });
    return null;
  }
  const key = [name, 'stackSpec'].find((candidate) => entry(spec, candidate) !== undefined);
  const block = key === undefined ? undefined : field(spec, key);
  if (block === undefined) {
    reading.problems.error(stack.range, `The stack ${name} needs the key "${name}".`, {
      remedy: `Write ${name}: or stackSpec: beside stack.`,
    });
    return null;
  }
  if (name === 'flare') return readFlareJob(block, reading);
  return name === 'alpha' ? readAlphaJob(block, reading) : readToolboxJob(block, reading);
}

function readRetry(node: YamlNode | undefined): Retry | undefined {
  const count = integerField(node, 'count');
  if (count === undefined) return undefined;
  const strategies = ['Always', 'OnFailure', 'OnError', 'OnTransientError'] as const;
  return { count, strategy: choiceField(node, 'strategy', strategies) ?? 'OnFailure' };
}

/** Names of jobs are their own, dependencies name jobs, and nothing waits for itself. */
function checkDependencies(dag: YamlNode[], jobs: Job[], { problems }: Reading): void {
  const names = dag.map((node) => textField(node, 'name') ?? '');
  dag.forEach((node, index) => {
    const name = names[index] ?? '';
    if (name !== '' && names.indexOf(name) < index) {
      problems.error(rangeOfField(node, 'name'), `Two jobs are named ${name}.`, {
        remedy: 'Give each job a name of its own.',
      });
    }
    for (const item of items(field(node, 'dependencies'))) {
      if (item.kind !== 'scalar' || names.includes(item.text.trim())) continue;
      const dependency = item.text.trim();
      unknownName(item.range, `No job is named ${dependency}.`, dependency, names, problems);
    }
  });
  const cycle = findCycle(jobs);
  if (cycle.length === 0) return;
  const node = dag.find((candidate) => textField(candidate, 'name') === cycle[0]);
  const range = rangeOfField(node ?? dag[0] ?? { kind: 'empty', range: nowhere }, 'dependencies');
  problems.error(range, `Jobs wait for each other: ${[...cycle, cycle[0]].join(' → ')}.`, {
    remedy: 'Remove one of these dependencies.',
  });
}

const nowhere: SourceRange = { line: 1, column: 1, endLine: 1, endColumn: 1 };
