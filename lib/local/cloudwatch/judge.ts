import type { AlarmModel, AlarmState } from '../assembly/models.ts';

interface Comparison {
  readonly breaches: (value: number, threshold: number) => boolean;
  readonly words: string;
}

export const comparisons: Readonly<Record<string, Comparison>> = {
  GreaterThanThreshold: { breaches: (value, threshold) => value > threshold, words: 'greater than' },
  GreaterThanOrEqualToThreshold: {
    breaches: (value, threshold) => value >= threshold,
    words: 'greater than or equal to',
  },
  LessThanThreshold: { breaches: (value, threshold) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: { breaches: (value, threshold) => value <= threshold, words: 'less than or equal to' },
};

/** What a period without data counts as: a breach, none, or nothing at all. */
export const missingDataTreatments: Readonly<Record<string, boolean | undefined>> = {
  breaching: true,
  notBreaching: false,
  missing: undefined,
  ignore: undefined,
};

/** A state, and why, in CloudWatch's words. */
export interface Verdict {
  readonly state: AlarmState;
  readonly reason: string;
}

/**
 * The state that follows from the datapoints, of which each is one evaluation period.
 *
 * Where the data do not suffice and missing ones count as nothing, those that are there decide if they
 * agree: all breaching is an alarm, even if fewer than asked for. CloudWatch looks at a few more periods than
 * it evaluates to find enough; how many it does not say, so here it is exactly those.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(model: AlarmModel, datapoints: readonly (number | undefined)[], current: AlarmState): Verdict {
  const { threshold, datapointsToAlarm, treatMissingData, comparison } = model;
  const breaches = comparisons[comparison]?.breaches ?? (() => false);
  const known = datapoints
    .map((value) => (value === undefined ? missingDataTreatments[treatMissingData] : breaches(value, threshold)))
    .filter((isBreach) => isBreach !== undefined);
  const breaching = known.filter(Boolean).length;

  if (breaching >= datapointsToAlarm) return { state: 'ALARM', reason: crossed(model, datapoints, breaching) };
  if (breaching < known.length) return { state: 'OK', reason: crossed(model, datapoints, breaching) };
  if (treatMissingData === 'ignore') return { state: current, reason: 'there are no new data' };
  if (breaching > 0) return { state: 'ALARM', reason: crossed(model, datapoints, breaching) };
  const noun = datapoints.length === 1 ? 'datapoint was' : 'datapoints were';
  return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${datapoints.length} ${noun} unknown.` };
}

/** As CloudWatch puts it, so that nobody has to learn to read another. */
function crossed(model: AlarmModel, datapoints: readonly (number | undefined)[], breaching: number): string {
  const { threshold, evaluationPeriods, comparison, treatMissingData } = model;
  const values = datapoints.filter((value) => value !== undefined).map(decimal);
  if (values.length === 0) {
    const periods = evaluationPeriods === 1 ? '1 period' : `${evaluationPeriods} periods`;
    return `Threshold Crossed: no datapoints were received for ${periods}, and missing data are treated as ${treatMissingData}.`;
  }
  const { words } = comparisons[comparison] ?? { words: comparison };
  const not = breaching > 0 ? '' : 'not ';
  const count = breaching > 0 ? `${breaching} out of the last ${evaluationPeriods}` : `${values.length}`;
  const noun = evaluationPeriods === 1 ? 'datapoint' : 'datapoints';
  const verb = breaching === 1 || values.length === 1 ? 'was' : 'were';
  return `Threshold Crossed: ${count} ${noun} [${values.join(', ')}] ${verb} ${not}${words} the threshold (${decimal(threshold)}).`;
}

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
