import { type Duration, durationFormat, readDuration } from '../job/duration.ts';
import type { StageSettings, Stages } from '../job/stages.ts';
import { nearest } from '../nearest.ts';
import { checkAlerts } from './check-alerts.ts';
import { checkDeploymentName } from './check-deployment.ts';
import { checkFields, isObject } from './check-fields.ts';
import { InvalidAppError, quoteValue } from './check-report.ts';

/** Where users list the stages, as messages name it. */
export const STAGES_FILE = 'infra/stages.ts';

/**
 * Checks all stages, and picks one.
 *
 * @param stages untrusted: the compiler may not have seen it
 * @throws InvalidAppError with everything that is wrong, or naming the listed stages when the one wanted is not among them
 */
export function checkStages(stages: unknown, wanted: string): StageSettings {
  if (!isObject(stages)) {
    throw new InvalidAppError([
      `${STAGES_FILE}: it exports no stages; write export const stages: Stages = { dev: {}, prod: { isProtected: true } }`,
    ]);
  }
  const problems = Object.entries(stages).flatMap(([name, settings]) => checkStage(name, settings));
  if (problems.length > 0) throw new InvalidAppError(problems);
  const settings = Object.hasOwn(stages, wanted) ? (stages as Stages)[wanted] : undefined;
  if (settings === undefined) throw new InvalidAppError([describeUnlisted(wanted, Object.keys(stages))]);
  return settings;
}

/** That a stage is not listed, and which are. */
export function describeUnlisted(stage: string, listed: readonly string[]): string {
  const near = nearest(stage, listed, { max: 2 });
  const cure = near === undefined ? 'give one of them, or add it to the list' : `did you mean "${near}"?`;
  return `stage ${quoteValue(stage)} is not listed in ${STAGES_FILE}; listed are: ${listed.join(', ') || 'none'}; ${cure}`;
}

const FIELDS = [
  'isProtected',
  'alerts',
  'alertKey',
  'account',
  'region',
  'logRetention',
  'metrics',
  'dashboard',
] satisfies (keyof StageSettings)[];
const METRIC_FIELDS = ['durations'] satisfies (keyof NonNullable<StageSettings['metrics']>)[];

function checkStage(name: string, settings: unknown): readonly string[] {
  const place = `${STAGES_FILE}: stage "${name}": `;
  const wrongName = checkDeploymentName('stage', name, 'rename it', `${STAGES_FILE}: `);
  if (!isObject(settings)) return [...wrongName, `${place}${quoteValue(settings)} is not allowed; write {}`];
  const problems = [
    ...checkFields(settings, FIELDS),
    ...Object.entries(CHECKS).flatMap(([field, check]) =>
      settings[field] === undefined ? [] : check(settings[field]),
    ),
    ...checkKeyRegion(settings),
  ];
  return [...wrongName, ...problems.map((problem) => `${place}${problem}`)];
}

const CHECKS: Readonly<Record<keyof StageSettings, (value: unknown) => readonly string[]>> = {
  isProtected: (value) => checkSwitch('isProtected', value),
  alerts: checkAlerts,
  alertKey: checkKey,
  account(value) {
    if (typeof value === 'string' && /^\d{12}$/.test(value)) return [];
    const cure =
      typeof value === 'number' ? 'as text, in quotes: a number loses its first 0' : "such as '012345678901'";
    return [`account ${quoteValue(value)} is not allowed; write its 12 digits, ${cure}`];
  },
  region: (value) =>
    typeof value === 'string' && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)
      ? []
      : [`region ${quoteValue(value)} is not allowed; write one such as 'eu-north-1'`],
  logRetention(value) {
    const length = readDuration(value);
    if (length !== undefined && length >= readLength('1 day') && length <= readLength(MAX_LOG_RETENTION)) return [];
    const format = durationFormat({ min: '1 day', max: MAX_LOG_RETENTION });
    return [`logRetention ${quoteValue(value)} is not allowed; write 1 day to 3653 days, as ${format}`];
  },
  dashboard: (value) => checkSwitch('dashboard', value),
  metrics: (value) =>
    isObject(value)
      ? [
          ...checkFields(value, METRIC_FIELDS, 'metrics.'),
          ...checkSwitch('metrics.durations', value.durations ?? false),
        ]
      : [`metrics ${quoteValue(value)} is not allowed; write { durations: true }`],
};

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN */
const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z]{2,}(?:-[a-z]+)+-\d+):\d{12}:key\/[A-Za-z0-9-]+$/;

/** The region that a key is in; undefined for what is not the ARN of a key. */
export const keyRegion = (key: unknown): string | undefined => KEY_ARN.exec(String(key))?.[1];

function checkKey(key: unknown): readonly string[] {
  if (keyRegion(key) !== undefined) return [];
  const refused = `alertKey ${quoteValue(key)} is not allowed; write the ARN of a key, 'arn:aws:kms:<region>:<account>:key/<id>'`;
  // A role's right to an alias is none to its key.
  return [/alias\//.test(String(key)) ? `${refused}: IAM policies name keys, not aliases` : refused];
}

/** SNS takes a key of its topic's region only. */
function checkKeyRegion({ alertKey, region }: Readonly<Record<string, unknown>>): readonly string[] {
  const found = keyRegion(alertKey);
  if (found === undefined || region === undefined || region === found) return [];
  return [
    `alertKey is in ${found}, and the stage in ${quoteValue(region)}; write the ARN of a key in the stage's region`,
  ];
}

const checkSwitch = (field: string, value: unknown): readonly string[] =>
  typeof value === 'boolean' ? [] : [`${field} ${quoteValue(value)} is not allowed; write true or false`];

/** CloudWatch's longest but for ever. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const MAX_LOG_RETENTION: Duration = '3653 days';

const readLength = (duration: Duration): number => readDuration(duration) ?? Number.NaN;
