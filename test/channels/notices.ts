import type { Notice } from '../../lib/channels/notice.ts';
import type { AlertFacts } from '../../lib/observe/alert.ts';
import { epochMs } from '../../lib/units.ts';

export const FAILED_AT = epochMs(Date.parse('2027-03-02T01:00:04Z'));

export const FACTS: AlertFacts = {
  kind: 'run-failed',
  story: 'failed:report',
  since: FAILED_AT,
  job: 'report',
  run: 'report/2027-03-02T01:00Z/nightly',
  attempts: 3,
  error: 'TypeError: no connection\nat functions/report.ts:12:9',
  links: [
    { label: 'Log lines', url: 'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#a&b' },
  ],
  command: "npm run belfry -- show 'report/2027-03-02T01:00Z/nightly' --stage prod",
};

const SUBJECT = '[prod] report failed: TypeError: no connection';

/** A failed run, unless told otherwise. */
export const notice = ({
  facts = {},
  ...more
}: Partial<Omit<Notice, 'facts'>> & { facts?: Partial<AlertFacts> } = {}): Notice => ({
  id: 'message-1',
  at: FAILED_AT,
  subject: SUBJECT,
  body: `${SUBJECT}\nat functions/report.ts:12:9\n\nRun        report/2027-03-02T01:00Z/nightly`,
  deployment: 'shop-prod',
  facts: { ...FACTS, ...facts },
  ...more,
});

/** An alert that has nothing but a text. */
export const textNotice = (body: string, subject = 'a subject'): Notice => ({
  ...notice({ subject, body }),
  facts: { kind: 'job-alert', story: 'message:1', since: FAILED_AT },
});
