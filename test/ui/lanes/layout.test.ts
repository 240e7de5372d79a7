import { expect, test } from 'vitest';
import { oldFutureOf } from '../../../src/lab/old-future.ts';
import type { Picture } from '../../../src/ui/lanes/picture.ts';
import { job, lane, picture, vendors } from '../fixture/picture.ts';
import { RaceLog, twoAppends } from '../fixture/race-log.ts';

test('a job that is held stands where it is held, with what it has read', () => {
  const log = new RaceLog().attempt('vendor-one', 1, 3, 0);
  const detail = log.events.at(-1)?.detail;
  if (detail?.stop !== 'before-swap') throw new Error('It is not before its swap.');
  const where = { is: 'held', detail, table: null, attempt: 1, since: 0 } as const;
  const drawn = picture(log.events, {
    running: true,
    jobs: [job('vendor-one', { where, held: true }), job('vendor-two')],
  });
  const { marks, status } = lane(drawn, 'vendor-one');
  expect(marks.at(-1)).toMatchObject({ shape: 'held', seq: null });
  expect(status?.text).toBe('held before its swap: has read v3');
});

test('a job in the queue says behind whom it waits', () => {
  const log = new RaceLog().lost('vendor-two', 1, 1, 2);
  const where = { is: 'queued', table: 't', behind: 'vendor-one' } as const;
  const drawn = picture(log.events, {
    running: true,
    jobs: [job('vendor-one'), job('vendor-two', { where })],
  });
  expect(lane(drawn, 'vendor-two').status?.text).toBe('waits for the table, behind vendor-one');
});

test('before a race each lane shows the stops that lie ahead, and none once it has begun', () => {
  expect(
    picture([])
      .ahead.map(({ stop }) => stop)
      .slice(-3),
  ).toEqual(['before-swap', 'swap-won', 'cleaned-up']);
  expect(picture(twoAppends()).ahead).toEqual([]);
});

test('before any event there is a lane per job and an empty table line', () => {
  const drawn = picture([]);
  expect(drawn.lanes.map(({ job, marks }) => [job, marks.length])).toEqual([
    ['vendor-one', 0],
    ['vendor-two', 0],
  ]);
  expect(drawn.spines).toHaveLength(1);
  expect(drawn.spines[0]?.versions).toEqual([]);
});

test('every event has one mark, in the order of the log from left to right', () => {
  const events = twoAppends();
  const marks = picture(events).lanes.flatMap(({ marks }) => marks);
  const inOrder = marks.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  expect(inOrder.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq));
  expect(inOrder.map(({ x }) => x)).toEqual(marks.map(({ x }) => x).toSorted((a, b) => a - b));
});

test('what is drawn does not move while the expected events arrive', () => {
  const events = twoAppends();
  const early = picture(events.slice(0, 8), { running: true });
  const late = picture(events.slice(0, 20), { running: true });
  const place = (drawn: Picture) =>
    drawn.lanes.flatMap(({ marks }) => marks).find(({ seq }) => seq === 7);
  expect(place(early)).toEqual(place(late));
});

test('an attempt is a bar of its own, and the pause before it says why', () => {
  const drawn = lane(picture(twoAppends()), 'vendor-two');
  expect(drawn.bars.map(({ label }) => label?.text)).toEqual([
    'read, compute, write files',
    'attempt 1',
    'attempt 2',
  ]);
  expect(drawn.waits).toHaveLength(1);
});

test('a swap that was won reaches the table line and makes a version there', () => {
  const drawn = picture(twoAppends());
  const [spine] = drawn.spines;
  const won = drawn.swaps.filter((swap) => swap.won);
  expect(won.map(({ x }) => x)).toEqual(spine?.versions.map(({ x }) => x));
  for (const swap of won) expect(swap.y2).toBe(spine?.y);
});

test('a swap that was lost ends short of the table line and says what it expected and found', () => {
  const drawn = picture(twoAppends());
  const lost = drawn.swaps.filter((swap) => !swap.won);
  expect(lost).toHaveLength(1);
  expect(lost[0]?.y2).toBeLessThan(drawn.spines[0]?.y ?? 0);
  expect(lost[0]?.label?.lines).toEqual(['expected v1,', 'found v2']);
});

test.each([
  [1400, 420],
  [900, 420],
  [640, 260],
  [900, 200],
  [360, 420],
])(
  'in %d by %d the words beside lost swaps stay in the picture and off all other words',
  (...room) => {
    const [width, height] = room;
    const log = new RaceLog().work('vendor-one', 10).work('vendor-two', 10);
    for (const version of [1, 2, 3]) {
      log
        .attempt('vendor-two', version, version, 0)
        .attempt('vendor-one', version, version, 0)
        .won('vendor-one', version, version + 1, version)
        .lost('vendor-two', version, version, version + 1);
    }
    const drawn = picture(log.events, { width, height });
    const span = (text: string, x: number, y: number, anchor: string) => {
      const half = text.length * 3.6;
      const middle = anchor === 'start' ? x + half : anchor === 'end' ? x - half : x;
      return { from: middle - half, to: middle + half, top: y - 10, bottom: y + 2 };
    };
    const words = drawn.swaps.flatMap(({ label }) =>
      (label?.lines ?? []).map((line, index) =>
        span(line, label?.x ?? 0, (label?.y ?? 0) + index * 17, label?.anchor ?? ''),
      ),
    );
    if (height > 200) expect(words.length).toBeGreaterThan(0);
    const others = drawn.lanes.flatMap(({ bars }) => [
      ...bars.map(({ x, y, width, height }) => ({
        from: x,
        to: x + width,
        top: y,
        bottom: y + height,
      })),
      ...bars.flatMap(({ label }) =>
        label === null ? [] : [span(label.text, label.x, label.y, 'middle')],
      ),
    ]);
    for (const [index, word] of words.entries()) {
      expect(word.from).toBeGreaterThan(drawn.left);
      expect(word.to).toBeLessThan(drawn.width);
      for (const other of [...words.slice(index + 1), ...others]) {
        const apart =
          word.to <= other.from ||
          word.from >= other.to ||
          word.bottom <= other.top ||
          word.top >= other.bottom;
        expect(apart).toBe(true);
      }
    }
  },
);

test('a read starts at the version that was read and ends at the attempt', () => {
  const drawn = picture(twoAppends());
  const v2 = drawn.spines[0]?.versions.find(({ version }) => version === 2);
  const read = drawn.reads.at(-1);
  const mark = lane(drawn, 'vendor-two').marks.findLast(({ shape }) => shape === 'read');
  expect(read?.path.startsWith(`M${v2?.x} `)).toBe(true);
  expect(read?.path).toContain(` ${mark?.x} `);
});

test('a version that was there before the race stands at the left end of the line', () => {
  const events = new RaceLog()
    .work('vendor-one', 4696)
    .attempt('vendor-one', 1, 7, 10_000)
    .won('vendor-one', 1, 8, 14_696).events;
  const drawn = picture(events);
  expect(drawn.spines[0]?.versions.map(({ version, x }) => [version, x < drawn.left + 10])).toEqual(
    [
      [7, true],
      [8, false],
    ],
  );
});

test('what lies after the cursor is drawn as a ghost, at the same place', () => {
  const events = twoAppends();
  const whole = picture(events);
  const cut = picture(events, { cursor: 12 });
  const marks = (drawn: Picture) => drawn.lanes.flatMap(({ marks }) => marks);
  expect(
    marks(cut)
      .filter(({ ghost }) => !ghost)
      .map(({ seq }) => seq)
      .toSorted((a, b) => (a ?? 0) - (b ?? 0)),
  ).toEqual(Array.from({ length: 13 }, (_, index) => index));
  expect(marks(cut).map(({ x }) => x)).toEqual(marks(whole).map(({ x }) => x));
  expect(marks(whole).some(({ ghost }) => ghost)).toBe(false);
});

test('the clock places events by their time and ends at a round number', () => {
  const events = twoAppends();
  const drawn = picture(events, { axis: 'clock' });
  const first = drawn.lanes[0]?.marks[0]?.x ?? 0;
  const byTime = events.map(({ seq, at }) => {
    const mark = drawn.lanes.flatMap(({ marks }) => marks).find((each) => each.seq === seq);
    return ((mark?.x ?? 0) - first) / Math.max(1, at - (events[0]?.at ?? 0));
  });
  const scale = byTime.at(-1) ?? 0;
  for (const each of byTime.slice(1)) expect(each).toBeCloseTo(scale, 6);
  expect(drawn.width).toBe(900);
  expect(drawn.grid.at(-1)?.label).toMatch(/^(\d+ ms|\d\.\d s)$/);
});

test('sixteen lanes grow the picture instead of touching each other', () => {
  const names = Array.from({ length: 16 }, (_, index) => `writer-${index + 1}`);
  const log = new RaceLog();
  for (const name of names) log.work(name, 100);
  for (const [index, name] of names.entries()) {
    log.attempt(name, 1, index + 1, 100 * index).won(name, 1, index + 2, 100 * (index + 1));
  }
  const drawn = picture(log.events, { jobs: names.map((name) => job(name)) });
  const ys = drawn.lanes.map(({ y }) => y);
  for (const [index, y] of ys.slice(1).entries()) {
    expect(y - (ys[index] ?? 0)).toBeGreaterThanOrEqual(24);
  }
  expect(drawn.height).toBeGreaterThan(420);
  expect(drawn.width).toBeGreaterThan(900);
  const spine = drawn.spines[0];
  for (const [index, dot] of (spine?.versions ?? []).slice(1).entries()) {
    const before = spine?.versions[index];
    expect(dot.x - (before?.x ?? 0)).toBeGreaterThan(dot.radius + (before?.radius ?? 0));
  }
});

test('labels of one lane do not overlap on a narrow screen', () => {
  const drawn = picture(twoAppends(), { width: 360 });
  for (const { bars } of drawn.lanes) {
    const spans = bars
      .flatMap(({ label }) => (label === null ? [] : [label]))
      .map(({ x, text }) => [x - text.length * 3.6, x + text.length * 3.6] as const)
      .toSorted(([a], [b]) => a - b);
    for (const [index, [from]] of spans.slice(1).entries()) {
      expect(from).toBeGreaterThan(spans[index]?.[1] ?? 0);
    }
  }
});

test('a job that waits for another one, or was skipped for it, says so', () => {
  const jobs = [
    job('first', { outcome: 'rejected' }),
    job('second', { dependencies: ['first'] }),
    job('third', { dependencies: ['second'], outcome: 'skipped' }),
  ];
  const drawn = picture(new RaceLog().work('first', 10).events, { jobs });
  expect(lane(drawn, 'second').note?.text).toBe('waits for first');
  expect(lane(drawn, 'third').note?.text).toContain('skipped');
  expect(lane(drawn, 'first').note).toBeNull();
});

test('a job that may run but has not reached a stop yet is starting', () => {
  const { events } = new RaceLog().work('vendor-one', 10);
  expect(lane(picture(events, { running: true }), 'vendor-two').note?.text).toBe('starting …');
  expect(lane(picture(events), 'vendor-two').note).toBeNull();
});

test('two tables have a line each, and a swap goes to its own', () => {
  const events = twoAppends().map((event) =>
    event.job === 'vendor-two' ? { ...event, table: 'icebase:raw01/other' } : event,
  );
  const drawn = picture(events);
  expect(drawn.spines.map(({ table }) => table)).toEqual([
    'icebase:raw01/ny_taxi_04',
    'icebase:raw01/other',
  ]);
  const last = drawn.swaps.at(-1);
  expect(last?.y2).toBe(drawn.spines[1]?.y);
});

test('of a picture wider than the screen only what is seen is drawn, where it would stand anyway', () => {
  const log = new RaceLog();
  for (let version = 1; version < 40; version += 1) {
    log.attempt('vendor-one', 1, version, 0).won('vendor-one', 1, version + 1, version);
  }
  const whole = picture(log.events);
  const seen = { from: 600, to: 1200 };
  const part = picture(log.events, { seen });
  const isSeen = ({ x }: { x: number }) => x >= seen.from && x <= seen.to;
  expect(part.width).toBe(whole.width);
  expect(lane(part, 'vendor-one').marks).toEqual(lane(whole, 'vendor-one').marks.filter(isSeen));
  expect(part.grid).toEqual(whole.grid.filter(isSeen));
  expect(part.swaps).toEqual(whole.swaps.filter(isSeen));
  expect(part.spines[0]?.versions.map(({ x }) => x)).toEqual(
    whole.spines[0]?.versions.filter(isSeen).map(({ x }) => x),
  );
  expect(part.reads.length).toBeGreaterThan(0);
  expect(part.reads.length).toBeLessThan(whole.reads.length);
  for (const read of part.reads) expect(whole.reads).toContainEqual(read);
});

test('a picture that outgrows its room grows by pages while the race is on', () => {
  const log = new RaceLog();
  const widths = new Set<number>();
  for (let count = 0; count < 200; count += 1) {
    log.add('vendor-one', 1, { stop: 'validated', isolation: 'none', since: null, removes: [] });
    widths.add(picture(log.events, { running: true }).width);
  }
  expect(widths.size).toBeLessThan(10);
  expect(picture(log.events).width).toBeLessThan(Math.max(...widths));
});

test('a race that comes to more than was expected is seen whole in narrower columns, with dots that stand apart', () => {
  const log = new RaceLog();
  const steps = new Set<number>();
  for (let count = 0; count < 90; count += 1) {
    log.add('vendor-one', 1, { stop: 'validated', isolation: 'none', since: null, removes: [] });
    const { width, dot, lanes } = picture(log.events, { running: true });
    const [one, two] = lanes[0]?.marks ?? [];
    if (one === undefined || two === undefined) continue;
    expect(width).toBe(900);
    expect(two.x - one.x).toBeGreaterThan(2 * dot);
    steps.add(two.x - one.x);
  }
  expect(steps.size).toBeLessThan(6);
});

test('what a race came to before it was forked stands behind the fork, each stop in its own column', () => {
  const events = twoAppends();
  const past = 12;
  const oldFuture = oldFutureOf({ events, past }, vendors);
  const drawn = picture(events.slice(0, past), { oldFuture });
  const whole = picture(events);
  const marks = (lanes: Picture['lanes'] = []) =>
    lanes.flatMap((each) => each.marks.map(({ x, y, shape }) => ({ x, y, shape })));
  const all = marks(whole.lanes);
  expect(marks(drawn.lanes)).toHaveLength(past);
  expect(all).toEqual(expect.arrayContaining(marks(drawn.lanes)));
  expect(marks(drawn.oldFuture?.lanes)).toHaveLength(events.length - past);
  expect(all).toEqual(expect.arrayContaining(marks(drawn.oldFuture?.lanes)));
  const versions = (spines: Picture['spines'] = []) =>
    spines.flatMap((spine) => spine.versions.map(({ version }) => version));
  expect(versions(drawn.spines).concat(versions(drawn.oldFuture?.spines))).toEqual(
    versions(whole.spines),
  );
  expect(drawn.width).toBe(whole.width);
});

test('two tables find room for all their words where there are few lines', () => {
  const log = new RaceLog().work('vendor-one', 10).attempt('vendor-one', 1, 1, 0);
  log.won('vendor-one', 1, 2, 901, 'overwrite').finished('vendor-one', 10);
  const other = log.events.map((event) => ({
    ...event,
    seq: event.seq + log.events.length,
    job: 'vendor-two',
    table: 'icebase:raw01/report',
  }));
  const events = [...log.events, ...other];
  const jobs = [...vendors, job('reader')];
  const room = { jobs, width: 880, size: 15 };
  const details = (height: number) =>
    picture(events, { ...room, height }).spines.map(
      ({ versions }) => versions.at(-1)?.label?.detail,
    );
  expect(picture(events, { ...room, height: 215 }).height).toBe(215);
  expect(details(215)).toEqual([null, null]);
  expect(details(400)).toEqual(['overwrite', 'overwrite']);
});
