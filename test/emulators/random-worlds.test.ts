import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMs, MINUTE } from '../../lib/units.ts';
import type { Definition } from './model.ts';
import { dueOf, FAULTS, type Fault, POLL_MS, World } from './world.ts';

const START = '2026-11-23T12:00:30.250Z';
const FIRST_MINUTE = Date.parse('2026-11-23T12:01:00Z');
/** How late a due time may be found and still be fired. */
const TOLERANCE_MS = POLL_MS + MINUTE;
/** When every message has had another attempt that could not be sent before. */
const CALM_MS = 10 * MINUTE;

const definition: fc.Arbitrary<Definition> = fc.record({
  due: fc.oneof(
    fc.record({ from: fc.nat({ max: 2 }), every: fc.constantFrom(1, 2, 3, 5) }),
    fc.record({ at: fc.nat({ max: 8 }).map((minutes) => FIRST_MINUTE + minutes * MINUTE) }),
  ),
  isEnabled: fc.constantFrom(true, true, true, false),
  deletes: fc.boolean(),
});
const NAMES = ['a', 'b'];
const name = fc.constantFrom(...NAMES);

type Step =
  | { readonly kind: 'put' | 'recreate'; readonly name: string; readonly definition: Definition }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('put', 'recreate'), name, definition }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), name }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('faults'), faults: fc.subarray([...FAULTS], { maxLength: 2 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 90_000 }) }) },
);

const story = fc.record({
  datePrecisionMs: fc.constantFrom(1, 1000),
  before: fc.array(step, { maxLength: 3 }),
  steps: fc.array(step, { minLength: 4, maxLength: 20 }),
});
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

async function take(world: World, step: Step): Promise<void> {
  if (step.kind === 'wait') return await world.clock.advanceTo(epochMs(world.clock.now() + step.ms));
  if (step.kind === 'faults') return world.fail(step.faults);
  if (step.kind !== 'put') world.change(step.name, undefined);
  if (step.kind !== 'remove') world.change(step.name, { ...step.definition });
}

/** What happens before the start of a tick and after, and then calm, until no attempt is waited for any more. */
async function live({ datePrecisionMs, before, steps }: Story): Promise<World> {
  const world = new World({ now: START, datePrecisionMs });
  for (const each of before) await take(world, each);
  await world.start();
  for (const each of steps) await take(world, each);
  world.fail([]);
  await take(world, { kind: 'wait', ms: CALM_MS });
  await world.stop();
  return world;
}

/** What a tick has made of one due time, against what EventBridge would have, as far as looks could see. */
function problemsOf({ history, sent, missed, triedAt, answersLost }: World, name: string, time: number): string[] {
  const due = dueOf(name, time);
  const copies = sent.filter((each) => each === due).length;
  const lateness = (triedAt.get(due) ?? time) - time;
  const isTaken = copies > 0 || missed.includes(due);
  return [
    ...(copies > 1 && !answersLost.has(due) ? ['fired twice'] : []),
    ...(copies > 0 && missed.includes(due) ? ['fired, and reported as missed'] : []),
    ...(isTaken && !history.isExpected(name, time) && !history.isDueAsSeen(name, time) ? ['never due'] : []),
    ...(!isTaken && history.isExpected(name, time) && history.isKnowable(name, time) ? ['lost'] : []),
    ...(lateness > TOLERANCE_MS ? [`fired ${lateness} ms late`] : []),
  ].map((problem) => `${due}: ${problem}`);
}

const isFired = ({ sent }: World, name: string, { due }: Definition) =>
  'at' in due && sent.includes(dueOf(name, due.at));

/** What was deleted, or left, and should not have been. */
function deletionProblems(world: World): string[] {
  const { history, deleted } = world;
  const wrong = deleted.filter(({ name, definition }) => !definition.deletes || !isFired(world, name, definition));
  const left = history.names().filter((name) => {
    const { definition, at = 0 } = history.current(name) ?? {};
    if (definition?.deletes !== true || !definition.isEnabled || !('at' in definition.due)) return false;
    return definition.due.at > at && history.isFollowed(name, definition.due.at) && isFired(world, name, definition);
  });
  return [...wrong.map(({ name }) => `${name}: deleted`), ...left.map((name) => `${name}: left`)];
}

test('whatever is changed and fails, a tick fires what EventBridge would, each once', async () => {
  const property = fc.asyncProperty(story, async (told) => {
    const world = await live(told);

    const minutes = Math.floor((world.clock.now() - world.startedAt) / MINUTE);
    const times = Array.from({ length: minutes }, (_, index) => Math.ceil(world.startedAt / MINUTE + index) * MINUTE);
    const problems = NAMES.flatMap((name) => times.flatMap((time) => problemsOf(world, name, time)));
    expect([...problems, ...deletionProblems(world)]).toEqual([]);
  });

  await fc.assert(property, { numRuns: 100 });
});
