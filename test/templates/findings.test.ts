import { expect, test } from 'vitest';
import { type Finding, unaccepted, unused } from './findings.ts';

const finding = (message: string, file = 'a.template.json'): Finding => ({
  file,
  rule: 'W1',
  resource: 'Queue',
  message,
});
const accepted = [{ rule: 'W1', message: /^a name of ours/, reason: 'It has to be' }];

test('a finding without a reason is reported once, in however many regions it is found', () => {
  const found = [
    finding('no name', 'b.template.json'),
    finding('no name'),
    finding('no name'),
    finding('a name of ours'),
  ];

  expect(unaccepted(found, accepted)).toEqual([
    'b.template.json: W1 Queue: no name',
    'a.template.json: W1 Queue: no name',
  ]);
});

test('resources of one identity are reported once, however their ids are ordered', () => {
  const equal = (resource: string, ids: string): Finding => ({
    ...{ file: 'merged.json', rule: 'E3019', resource },
    message: `Primary identifiers {'Name': 'watchdog'} should have unique values across the resources {${ids}}`,
  });

  expect(unaccepted([equal('A', "'B', 'A'"), equal('B', "'A', 'B'")], accepted)).toEqual([
    "merged.json: E3019: Primary identifiers {'Name': 'watchdog'} should have unique values across the resources {'A', 'B'}",
  ]);
});

test('a reason of another rule, or for another message, accepts nothing', () => {
  expect(unaccepted([{ ...finding('a name of ours'), rule: 'W2' }], accepted)).toHaveLength(1);
  expect(unaccepted([finding('not a name of ours')], accepted)).toHaveLength(1);
});

test('a reason for what no linter finds any more is reported', () => {
  expect(unused([finding('no name')], accepted)[0]).toContain('W1 /^a name of ours/: no linter finds this any more');
  expect(unused([finding('a name of ours')], accepted)).toEqual([]);
});
