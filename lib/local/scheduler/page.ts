import { ApiError } from './errors.ts';
import type { Fields } from './fields.ts';

export const PAGE_SIZE = { min: 1, max: 100 };

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly NextToken?: string;
}

/**
 * The page of a sorted list that `MaxResults` and `NextToken` ask for. The token holds the last key shown, so a page
 * neither repeats nor skips what stays in the list while others come and go.
 */
export function pageOf<Item>(items: readonly Item[], keyOf: (item: Item) => string, fields: Fields): Page<Item> {
  const size = fields.whole('MaxResults', PAGE_SIZE) ?? PAGE_SIZE.max;
  const token = fields.text('NextToken', { max: 2048 });
  fields.refuseViolations();
  const after = token === undefined ? undefined : keyIn(token);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  if (last === undefined || rest.length <= size) return { items: shown };
  return { items: shown, NextToken: Buffer.from(`1:${keyOf(last)}`).toString('base64url') };
}

function keyIn(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (text.startsWith('1:')) return text.slice(2);
  throw new ApiError('ValidationException', 'Invalid NextToken.');
}
