import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Import, importsOf } from './imports.ts';
import { NAMES, PACKAGES, ROOMS, type Room, roomOf, SHIPPED, TYPES_ONLY } from './layers.ts';

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);

/** What the table says against an import; undefined when it may stand. */
function problemOf({ from, to, isFile, isType, names }: Import): string | undefined {
  if (!isFile) {
    const rule = PACKAGES.find(
      ({ packages, places }) => packages.test(to) && !places.some((each) => from.startsWith(each)),
    );
    return rule && `${from} imports ${to}: ${rule.reason}`;
  }
  if (!to.startsWith('lib/')) return `${from} imports ${to}: lib/ serves any app, and not this one`;
  const [here, there] = [roomOf(from), roomOf(to)];
  const taken = NAMES.find((each) => each.from === to && names.includes(each.name) && !each.rooms.includes(here));
  if (taken !== undefined) return `${from} takes ${taken.name}: only ${taken.rooms.join(', ')} may`;
  if (here === there) return undefined;
  const allowed: readonly Room[] = ROOMS[here];
  if (!allowed.includes(there)) return `${from} imports ${to}: ${here} may import ${allowed.join(', ') || 'nothing'}`;
  const takesCode = !isType && TYPES_ONLY.some(([one, other]) => one === here && other === there);
  return takesCode ? `${from} imports code of ${to}: ${here} may take types of ${there} only` : undefined;
}

test('every import of lib/ runs down the table of rooms', () => {
  const problems = filesIn('lib').flatMap(importsOf).map(problemOf);

  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

test('the table has no circle', () => {
  const reached = new Map<Room, ReadonlySet<Room>>();
  const reachedFrom = (room: Room, path: readonly Room[] = []): ReadonlySet<Room> => {
    if (path.includes(room)) return new Set([room]);
    const found =
      reached.get(room) ?? new Set(ROOMS[room].flatMap((each) => [each, ...reachedFrom(each, [...path, room])]));
    reached.set(room, found);
    return found;
  };

  const circular = (Object.keys(ROOMS) as Room[]).filter((room) => reachedFrom(room).has(room));
  expect(circular).toEqual([]);
});

test('what ships in a Lambda imports only what ships in a Lambda', () => {
  const beyond = SHIPPED.flatMap((room) => ROOMS[room].filter((each: Room) => !SHIPPED.includes(each)));

  expect(beyond).toEqual([]);
});

test('the checks of a cloud judge from outside: what they expect, they know from documents', () => {
  const folders = ['checks', 'checks-after-update', 'checks-after-teardown'].map((name) => `test/cloud/${name}`);

  const inside = folders
    .flatMap(filesIn)
    .flatMap(importsOf)
    .filter(({ to }) => /^(lib|infra|functions)\//.test(to) || /^belfry(\/|$)/.test(to));
  expect(inside).toEqual([]);
});

describe('an import that the table forbids is found', () => {
  const file = (from: string, to: string, more: Partial<Import> = {}): Import => ({
    from,
    to,
    isFile: true,
    isType: false,
    names: [],
    ...more,
  });
  const pack = (from: string, to: string): Import => ({ ...file(from, to), isFile: false });

  test.each([
    [file('lib/run/x.ts', 'lib/store/rules.ts'), 'run may import'],
    [file('lib/lambda/x.ts', 'lib/local/cloud.ts'), 'lambda may import'],
    [file('lib/client/x.ts', 'lib/cli/main.ts'), 'client may import'],
    [file('lib/cdk/x.ts', 'lib/lambda/handler.ts'), 'types of lambda only'],
    [file('lib/cli/x.ts', 'infra/app.ts'), 'lib/ serves any app'],
    [file('lib/testing/x.ts', 'functions/heartbeat.ts'), 'lib/ serves any app'],
    [file('lib/run/x.ts', 'lib/clock.ts', { names: ['systemClock'] }), 'takes systemClock'],
    [pack('lib/run/x.ts', '@aws-sdk/client-sqs'), 'takes a port'],
    [pack('lib/run/x.ts', 'node:fs'), 'through ports'],
    [pack('lib/store/x.ts', '@aws-lambda-powertools/logger'), "the Lambda's edge"],
    [pack('lib/lambda/x.ts', '@aws-lambda-powertools/idempotency'), 'in one place'],
    [pack('lib/local/x.ts', 'aws-cdk-lib'), 'needs no CDK'],
  ])('%s', (each, says) => {
    expect(problemOf(each)).toContain(says);
  });

  test('and the same where it belongs is not', () => {
    const allowed = [
      file('lib/cdk/x.ts', 'lib/lambda/handler.ts', { isType: true }),
      file('lib/lambda/x.ts', 'lib/clock.ts', { names: ['systemClock'] }),
      pack('lib/store/dynamodb/x.ts', '@aws-sdk/client-dynamodb'),
      pack('lib/store/claim-layer.ts', '@aws-lambda-powertools/idempotency'),
      pack('lib/cdk/x.ts', 'aws-cdk-lib'),
    ];

    expect(allowed.map(problemOf)).toEqual(allowed.map(() => undefined));
  });
});
