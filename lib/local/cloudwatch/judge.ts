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
 * The state that follows from the datapoints, of which each is one period of the evaluation range, the newest first. The
 * range is longer than the evaluation periods: older values take the places of missing ones.
 *
 * Only where the values do not suffice, what is missing is filled in by its treatment. Where it counts as nothing and no
 * value is within the threshold, an alarm does not wait for a further value once its oldest breach is as old as the
 * datapoints that it asks for; `ignore` retains the state even then.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(model: AlarmModel, datapoints: readonly (number | undefined)[], current: AlarmState): Verdict {
  const { threshold, evaluationPeriods, datapointsToAlarm, treatMissingData, comparison } = model;
  const breaches = comparisons[comparison]?.breaches ?? (() => false);
  const values = datapoints.filter((value) => value !== undefined).slice(0, evaluationPeriods);
  const breaching = values.filter((value) => breaches(value, threshold)).length;
  const filled = missingDataTreatments[treatMissingData] === true ? evaluationPeriods - values.length : 0;
  const verdict = (state: AlarmState): Verdict => ({ state, reason: crossed(model, values, breaching + filled) });

  if (breaching + filled >= datapointsToAlarm) return verdict('ALARM');
  const isDecided = values.length === evaluationPeriods || missingDataTreatments[treatMissingData] !== undefined;
  if (isDecided || breaching < values.length) return verdict('OK');
  if (treatMissingData === 'ignore') return { state: current, reason: 'there are too few data' };
  const oldest = datapoints.findLastIndex((value) => value !== undefined);
  if (oldest + 1 >= datapointsToAlarm) return verdict('ALARM');
  const noun = evaluationPeriods === 1 ? 'datapoint was' : 'datapoints were';
  return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${evaluationPeriods} ${noun} unknown.` };
}

/** As CloudWatch puts it, so that nobody has to learn to read another. */
function crossed(model: AlarmModel, evaluated: readonly number[], breaching: number): string {
  const { threshold, evaluationPeriods, comparison, treatMissingData } = model;
  if (evaluated.length === 0) {
    const periods = evaluationPeriods === 1 ? '1 period' : `${evaluationPeriods} periods`;
    return `Threshold Crossed: no datapoints were received for ${periods}, and missing data are treated as ${treatMissingData}.`;
  }
  const { words } = comparisons[comparison] ?? { words: comparison };
  const not = breaching > 0 ? '' : 'not ';
  const count = breaching > 0 ? `${breaching} out of the last ${evaluationPeriods}` : `${evaluated.length}`;
  const noun = evaluationPeriods === 1 ? 'datapoint' : 'datapoints';
  const verb = breaching === 1 || evaluated.length === 1 ? 'was' : 'were';
  return `Threshold Crossed: ${count} ${noun} [${evaluated.map(decimal).join(', ')}] ${verb} ${not}${words} the threshold (${decimal(threshold)}).`;
}

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
