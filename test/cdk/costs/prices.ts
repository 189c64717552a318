/** A list price. */
export interface Price {
  /** US dollars for `per` units, in us-east-1, without free tiers. */
  readonly dollars: number;
  readonly per: number;
  /** What one unit is. */
  readonly unit: string;
  readonly source: string;
}

const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const SQS = 'https://aws.amazon.com/sqs/pricing/';
const EVENTBRIDGE = 'https://aws.amazon.com/eventbridge/pricing/';
const KMS = 'https://aws.amazon.com/kms/pricing/';

const MILLION = 1_000_000;

/** When the prices were read. */
export const READ_IN = 'autumn 2026';

/** The list prices of all that a deployment uses. A month has 30 days. */
export const PRICES = {
  /** Of standard resolution, by the metrics that it reads. */
  alarm: { dollars: 0.1, per: 1, unit: 'metric', source: CLOUDWATCH },
  /** Prorated by the hour in which it is sent. */
  customMetric: { dollars: 0.3, per: 1, unit: 'metric', source: CLOUDWATCH },
  dashboard: { dollars: 3, per: 1, unit: 'dashboard', source: CLOUDWATCH },
  log: { dollars: 0.5, per: 1_000_000_000, unit: 'byte', source: CLOUDWATCH },
  key: { dollars: 1, per: 1, unit: 'key', source: KMS },
  schedule: { dollars: 1, per: MILLION, unit: 'invocation', source: EVENTBRIDGE },
  message: { dollars: 0.4, per: MILLION, unit: 'request', source: SQS },
  invocation: { dollars: 0.2, per: MILLION, unit: 'request', source: LAMBDA },
  /** On arm64. */
  compute: { dollars: 0.0000133334, per: 1, unit: 'GB-second', source: LAMBDA },
  /** Of an item of at most 1 KB. */
  write: { dollars: 0.625, per: MILLION, unit: 'write', source: DYNAMODB },
  /** Strongly consistent, of an item of at most 4 KB; an eventually consistent one is half. */
  read: { dollars: 0.125, per: MILLION, unit: 'read', source: DYNAMODB },
} as const satisfies Readonly<Record<string, Price>>;

export type Priced = keyof typeof PRICES;

/** How much of each is used in a month. */
export type Usage = Readonly<Partial<Record<Priced, number>>>;

export const priceOf = (what: Priced, quantity: number): number => (PRICES[what].dollars / PRICES[what].per) * quantity;

/** Dollars for all of it. */
export const dollarsFor = (usage: Usage): number =>
  (Object.entries(usage) as [Priced, number][]).reduce((sum, [what, quantity]) => sum + priceOf(what, quantity), 0);

/** The sum of several usages. */
export function add(...usages: readonly Usage[]): Usage {
  const sum: Partial<Record<Priced, number>> = {};
  for (const usage of usages) {
    for (const [what, quantity] of Object.entries(usage) as [Priced, number][]) sum[what] = (sum[what] ?? 0) + quantity;
  }
  return sum;
}

export const times = (usage: Usage, factor: number): Usage =>
  Object.fromEntries(Object.entries(usage).map(([what, quantity]) => [what, quantity * factor]));
