import { checkFields } from './check-fields.ts';
import { quoteValue } from './check-report.ts';

/** What is wrong with a job's `slow`. */
export function checkSlow(slow: unknown): readonly string[] {
  if (slow === undefined) return [];
  if (typeof slow !== 'object' || slow === null || Array.isArray(slow)) {
    return [`slow ${quoteValue(slow)} is not an object; write slow: { silenced: '<reason>' }`];
  }
  const { silenced } = slow as { readonly silenced?: unknown };
  const isReason = typeof silenced === 'string' && silenced.trim() !== '';
  return [
    ...checkFields(slow, ['silenced'], 'slow.'),
    ...(isReason
      ? []
      : ['slow.silenced gives no reason; write one, for the next reader of the job, or leave slow out']),
  ];
}
