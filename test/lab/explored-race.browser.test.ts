import { afterAll, describe, expect, it } from 'vitest';
import { consoleOf } from '../../src/lab/console.ts';
import { raceOfSchedule } from '../../src/lab/explored-race.ts';
import { Session } from '../../src/lab/session.ts';
import type { Protocol } from '../../src/iceberg/stop.ts';
import { explorerMethods } from '../../src/race/explorer/methods.ts';
import type { Operation } from '../../src/race/explorer/operations.ts';
import type { OutcomeKind } from '../../src/race/explorer/outcome-kinds.ts';

const session = new Session();
const app = consoleOf(session);
afterAll(() => session.close());

const pairs: readonly [Operation, Operation][] = [
  ['append', 'append'],
  ['dynamic-overwrite', 'append'],
  ['dynamic-overwrite-serializable', 'overwrite'],
  ['overwrite-snapshot', 'dynamic-overwrite'],
];

/** Races under each protocol. */
const races = 2;

/** Kinds of outcomes that real workers can come to, spread over all pairs: other ones under each protocol. */
async function sampled(protocol: Protocol, shift: number) {
  const kinds = await Promise.all(
    pairs.map(async ([one, two]) => {
      const jobs = [
        { name: 'one', operation: one, partition: 'a' as const },
        { name: 'two', operation: two, partition: 'a' as const },
      ];
      const plan = { jobs, protocol, kills: true, limit: 4000 };
      const report = await explorerMethods().explore(plan, () => undefined);
      return report.kinds.map((kind) => ({ kind, race: raceOfSchedule(jobs, kind.example) }));
    }),
  );
  const real = kinds.flat().filter(({ race }) => race !== null);
  const stride = Math.floor(real.length / races);
  return real.filter((_, index) => index % stride === shift).slice(0, races);
}

describe.each(['queued', 'optimistic', 'unsafe'] as const)(
  'an explored %s schedule',
  (protocol) => {
    it('comes out the same on real workers', { timeout: 180_000 }, async () => {
      const sample = await sampled(protocol, ['queued', 'optimistic', 'unsafe'].indexOf(protocol));
      expect(sample).toHaveLength(races);
      for (const { race, kind } of sample) {
        const { workflow = '', script = [] } = race ?? {};
        const { workflows } = await app.run(workflow, { protocol, script: [...script] });
        expect(cameTo(workflows[0]), JSON.stringify(kind)).toEqual(expected(kind));
      }
    });
  },
);

/** Actions on the table, each beside a writer that is in its way. */
const maintained: readonly [Operation, Operation][] = [
  ['delete', 'append'],
  ['compaction', 'dynamic-overwrite'],
  ['rewrite-manifests', 'append'],
  ['expire-snapshots', 'append'],
];

/** The kind of outcome in which an action was refused, or else lost a swap, without a kill. */
async function hardest(one: Operation, two: Operation) {
  const jobs = [
    { name: 'one', operation: one, partition: 'a' as const },
    { name: 'two', operation: two, partition: 'a' as const },
  ];
  const plan = { jobs, protocol: 'optimistic' as const, kills: false, limit: 4000 };
  const { kinds } = await explorerMethods().explore(plan, () => undefined);
  const kind =
    kinds.find((each) => each.jobs[0]?.outcome === 'rejected') ??
    kinds.find((each) => (each.jobs[0]?.attempts ?? 0) > 1);
  if (kind === undefined) throw new Error(`${one} is never in the way of ${two}`);
  return { kind, race: raceOfSchedule(jobs, kind.example) };
}

describe('an explored schedule of an action that is beaten to its swap', () => {
  it.each(maintained)(
    'comes out the same on real workers: %s and %s',
    async (one, two) => {
      const { kind, race } = await hardest(one, two);
      const { workflow = '', script = [] } = race ?? {};
      const { workflows } = await app.run(workflow, {
        protocol: 'optimistic',
        script: [...script],
      });
      expect(cameTo(workflows[0]), JSON.stringify(kind)).toEqual(expected(kind));
    },
    60_000,
  );
});

type Report = Awaited<ReturnType<typeof app.run>>['workflows'][number];

const isExplored = (name: string) => name === 'one' || name === 'two';

function cameTo(report: Report | undefined) {
  if (report === undefined) throw new Error('There was no race');
  return {
    jobs: report.jobs
      .filter(({ name }) => isExplored(name))
      .map(({ name, outcome, attempts }) => ({ name, outcome, attempts })),
    ledger: report.verdict.ledger.filter(({ job }) => isExplored(job)),
    result: report.verdict.result,
  };
}

const expected = ({ jobs, ledger, result }: OutcomeKind) => ({ jobs, ledger, result });
