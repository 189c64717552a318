import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatWebhook } from '../../lib/channels/webhook.ts';
import { epochMs } from '../../lib/units.ts';
import { FACTS, notice } from './notices.ts';

const NOW = epochMs(Date.parse('2027-03-02T01:00:05.400Z'));
const url = 'https://example.com/hook';

test('a request has the text and all facts', async () => {
  const { body, headers } = await formatWebhook(notice(), { url }, NOW);

  expect(JSON.parse(body)).toEqual({
    v: 1,
    id: 'message-1',
    at: '2027-03-02T01:00:04.000Z',
    deployment: 'shop-prod',
    subject: '[prod] report failed: TypeError: no connection',
    text: notice().body,
    ...FACTS,
    since: '2027-03-02T01:00:04.000Z',
    isOver: false,
  });
  expect(headers).toEqual({ 'belfry-message-id': 'message-1' });
});

test('a list has the facts of each of its alerts, and none of one alone', async () => {
  const each = [FACTS, { ...FACTS, story: 'failed:invoice', isOver: true }];

  const { body } = await formatWebhook(notice({ facts: { each } }), { url }, NOW);

  expect(JSON.parse(body)).toEqual({
    v: 1,
    id: 'message-1',
    at: '2027-03-02T01:00:04.000Z',
    deployment: 'shop-prod',
    subject: '[prod] report failed: TypeError: no connection',
    text: notice().body,
    isOver: false,
    each: [
      { ...FACTS, since: '2027-03-02T01:00:04.000Z', isOver: false },
      { ...FACTS, story: 'failed:invoice', since: '2027-03-02T01:00:04.000Z', isOver: true },
    ],
  });
});

test('with a secret a request is signed, time and body together', async () => {
  const { body, headers } = await formatWebhook(notice({ subject: 'ä & 👩' }), { url, secret: 'shared secret' }, NOW);

  const timestamp = '1803949205';
  const expected = createHmac('sha256', 'shared secret').update(`${timestamp}.${body}`).digest('hex');
  expect(headers).toMatchObject({ 'belfry-timestamp': timestamp, 'belfry-signature': `sha256=${expected}` });
});
