import { expect, test } from 'vitest';
import { LineReader } from '../../../../lib/local/lambda/workers/line-reader.ts';

function setup() {
  const seen: string[] = [];
  const reader = new LineReader({
    marker: '\u0000secret ',
    onLine: (line) => seen.push(line),
    onMarker: (requestId) => seen.push(`end of ${requestId}`),
  });
  return { reader, seen };
}

test('puts lines and characters together that come in pieces', () => {
  const { reader, seen } = setup();

  for (const byte of Buffer.from('två\nrader\n')) reader.write(Buffer.from([byte]));

  expect(seen).toEqual(['två', 'rader']);
});

test('takes what has no line end for a line when the invocation or the process ends', () => {
  const { reader, seen } = setup();

  reader.write(Buffer.from('half\u0000secret 1\nother half'));
  reader.end();

  expect(seen).toEqual(['half', 'end of 1', 'other half']);
});

test('drops empty lines', () => {
  const { reader, seen } = setup();

  reader.write(Buffer.from('\n\nline\n\n\u0000secret 1\n'));

  expect(seen).toEqual(['line', 'end of 1']);
});

test('finds the end of an invocation behind a line that is too long', () => {
  const { reader, seen } = setup();

  for (let piece = 0; piece < 10; piece++) reader.write(Buffer.alloc(100_000, 'x'));
  reader.write(Buffer.from('\u0000secret 1\n'));

  expect(seen.map((line) => (line.startsWith('x') ? line.length : line))).toEqual([
    262_144,
    262_144,
    262_144,
    213_568,
    'end of 1',
  ]);
});
