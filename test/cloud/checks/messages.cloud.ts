import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';
import { newName } from '../support/schedules.ts';

check('a message delivered twice makes one run', async () => {
  const { run, body } = cloud.scheduled('probe-twice');

  await Promise.all([cloud.send('probe-twice', body), cloud.send('probe-twice', body)]);

  const record = await cloud.reaches(run, 'completed');
  expect(record).toMatchObject({ attempt: 1, trigger: 'schedule', attempts: [{ n: 1, outcome: 'completed' }] });
  // The other is held for as long as the first one's lease, or acknowledged; afterwards nothing has changed.
  await cloud.empties('probe-twice', 120);
  expect(await cloud.record(run)).toEqual(record);
});

check('a message of a run that has ended is acknowledged, and runs nothing', async () => {
  const { run, body } = cloud.requested('probe-ended');
  await cloud.send('probe-ended', body);
  const record = await cloud.reaches(run, 'completed');

  await cloud.send('probe-ended', body);

  await cloud.empties('probe-ended');
  expect(await cloud.record(run)).toEqual(record);
});

check('an input comes to the job as it was sent, whatever its characters', async () => {
  const text = 'ä “quoted” <&> \\ \n\t 😀 𠮷 \u0000';
  const { run, body } = cloud.requested('probe-echo', { text });

  await cloud.send('probe-echo', body);

  const { result } = await cloud.reaches(run, 'completed');
  expect(JSON.parse(result)).toBe(text);
});

check("a message that is no run's goes to the dead-letter queue, with the reason", async () => {
  const message = { v: 1, run: null, job: 'probe-zone', schedule: newName(), trigger: 'schedule' };

  await cloud.send('probe-zone', JSON.stringify(message));

  const deadLetter = await cloud.receive('probe-zone-dlq', ({ Body }) => Body?.includes(message.schedule) ?? false);
  // LocalStack's mappings write the JSON of a message anew.
  expect(JSON.parse(deadLetter.Body ?? '')).toEqual(message);
  expect(deadLetter.MessageAttributes?.['belfry-error']?.StringValue).toContain('scheduledTime is missing');
  expect(deadLetter.MessageAttributes?.['belfry-attempts']?.StringValue).toBe('0');
  await cloud.delete('probe-zone-dlq', deadLetter);
});
