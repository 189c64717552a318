/** The rooms of `lib/`, each with the rooms that its files may import beside their own: downwards only. */
export const ROOMS = {
  ground: [],
  cron: ['ground'],
  job: ['ground', 'cron'],
  due: ['ground', 'cron', 'job'],
  run: ['ground', 'job', 'due'],
  manifest: ['ground', 'job', 'run'],
  observe: ['ground', 'job', 'run', 'manifest'],
  channels: ['ground', 'job', 'run', 'observe'],
  watchdog: ['ground', 'job', 'due', 'run', 'manifest', 'observe'],
  store: ['ground', 'job', 'run', 'observe', 'channels', 'watchdog'],
  lambda: ['ground', 'job', 'due', 'run', 'manifest', 'observe', 'channels', 'watchdog', 'store'],
  client: ['ground', 'job', 'run', 'store'],
  app: ['ground', 'cron', 'job', 'due', 'run', 'manifest'],
  cdk: ['ground', 'job', 'run', 'manifest', 'observe', 'watchdog', 'store', 'lambda', 'app'],
  forecast: ['ground', 'cron', 'job', 'due', 'run', 'manifest'],
  local: ['ground', 'cron', 'job', 'due', 'run', 'manifest', 'observe', 'store', 'client'],
  emulators: ['ground', 'cron', 'job', 'due', 'run', 'manifest', 'store', 'client', 'local'],
  testing: ['ground', 'job', 'run', 'observe', 'store', 'app', 'cdk', 'local', 'lambda'],
  cli: [
    'ground',
    'cron',
    'job',
    'due',
    'run',
    'manifest',
    'observe',
    'store',
    'client',
    'app',
    'forecast',
    'local',
    'emulators',
  ],
  entry: ['job', 'run', 'client', 'cdk', 'testing'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Room = keyof typeof ROOMS;

/** Rooms whose code ships in a Lambda. Emulators, commands and test tools must not come along. */
export const SHIPPED: readonly Room[] = [
  'ground',
  'cron',
  'job',
  'due',
  'run',
  'manifest',
  'observe',
  'channels',
  'watchdog',
  'store',
  'lambda',
  'client',
];

/** Of the rooms that may import another one, those that may take only its types. */
export const TYPES_ONLY: readonly (readonly [from: Room, to: Room])[] = [
  // What ships in a function is bundled by path, so that the deployment itself loads none of it.
  ['cdk', 'lambda'],
];

/** Names that only some rooms may take: everything else is given a clock that a test can set. */
export const NAMES: readonly { readonly name: string; readonly from: string; readonly rooms: readonly Room[] }[] = [
  { name: 'systemClock', from: 'lib/clock.ts', rooms: ['lambda', 'client', 'local', 'emulators', 'cli', 'testing'] },
];

/** Packages that only some places may import. */
export const PACKAGES: readonly {
  readonly packages: RegExp;
  readonly places: readonly string[];
  readonly reason: string;
}[] = [
  {
    packages: /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/,
    places: ['lib/cdk/'],
    reason: 'what runs, locally or in a Lambda, works from the manifest and needs no CDK',
  },
  {
    packages: /^@(aws-sdk|smithy)\//,
    places: [
      'lib/store/dynamodb/',
      'lib/store/sqs/',
      'lib/client/',
      'lib/lambda/',
      'lib/local/',
      'lib/emulators/',
      'lib/cli/',
    ],
    reason: 'everything else takes a port',
  },
  {
    packages: /^@aws-lambda-powertools\/idempotency(\/|$)/,
    places: ['lib/store/claim-layer.ts'],
    reason: 'its rules are kept, and tested, in one place',
  },
  {
    packages: /^@aws-lambda-powertools\/(?!idempotency)/,
    places: ['lib/observe/', 'lib/lambda/'],
    reason: "Powertools is for the Lambda's edge",
  },
  {
    packages: /^node:/,
    places: ['lib/app/', 'lib/cdk/', 'lib/local/', 'lib/emulators/', 'lib/cli/', 'lib/testing/'],
    reason: 'the protocol takes what it needs of its surroundings through ports',
  },
];

/** The room of a file of `lib/`. @throws Error for a file in a folder that is no room */
export function roomOf(path: string): Room {
  const folder = /^lib\/([a-z-]+)\//.exec(path)?.[1];
  const room = folder ?? (path === 'lib/manifest.ts' ? 'manifest' : 'ground');
  if (room in ROOMS) return room as Room;
  throw new Error(`${path}: lib/${room}/ is not a room; give it a row in test/lint/layers.ts`);
}
