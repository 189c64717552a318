import type { Story } from './random-world.ts';

const MINUTE = 60_000;
/** A delay is whole seconds, rounded up; and a poller takes up to half a second. */
const MAX_LATE = 1500;
/** How long after its start a run may have its job's lock, through attempts and a lost process. */
const BUSY = 15 * MINUTE;

/**
 * Checks the runs that were to be sent at a time: none starts before it, each is sent for the first time once, and it
 * starts in its second where nothing was in the way. That each has ended is checked as of all records.
 */
export function judgeDelayed(story: Story): readonly string[] {
  const { harness, delayed, troubles } = story;
  return [...delayed].flatMap(([run, sendAt]) => {
    const found: string[] = [];
    const [first] = harness.functions.executions.filter((each) => each.run === run);
    if (first !== undefined && first.startedAt < sendAt) found.push(`${run} has started before its time`);
    const sends = harness.loggedRuns('due-run-sent').filter((each) => each === run).length;
    if (sends > 1 + troubles) found.push(`${run} was sent for the first time ${sends} times`);
    const late = (first?.startedAt ?? Number.POSITIVE_INFINITY) - sendAt;
    if (isUndisturbed(sendAt, story, run) && late >= MAX_LATE)
      found.push(`${run} has started ${late} ms after its time`);
    return found;
  });
}

/**
 * Whether passes come as they should in the two minutes before, the one message that was needed arrives, and no other run
 * of the job was at work shortly before.
 */
function isUndisturbed(sendAt: number, { scenario, harness, troubles }: Story, run: string): boolean {
  const { odds, unwatched, delayed, end } = scenario;
  const job = run.slice(0, run.indexOf('/'));
  const isRequestedAhead = delayed.some((each) => each.sendAt === sendAt && sendAt - each.requestedAt >= 2 * MINUTE);
  // After the end there is a pass every five minutes.
  const isWatched = sendAt < end && unwatched.every(({ from, to }) => sendAt < from || sendAt - 3 * MINUTE > to);
  const isSentOnce = harness.sent.filter((each) => each.run === run).length === 1;
  const isAlone = harness.functions.executions.every(
    (each) =>
      each.job !== job || each.run === run || each.startedAt > sendAt + MINUTE || each.startedAt < sendAt - BUSY,
  );
  return isRequestedAhead && isWatched && isSentOnce && isAlone && odds.slow === 0 && troubles === 0;
}
