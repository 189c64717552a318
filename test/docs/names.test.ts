import { expect, test } from 'vitest';
import { ALERTS_FUNCTION, jobNames, stageNames } from '../../lib/job/names.ts';
import { readMarkdown, tableRows } from './markdown.ts';

const PLACE = { app: '<app>', stage: '<stage>' };
const cells = tableRows(readMarkdown('docs/deploying.md'), ['what', 'name']).flatMap(([, name = '']) => name);
// A cell of code alone comes without its backticks.
const isListed = (name: string): boolean => cells.some((cell) => cell === name || cell.includes(`\`${name}\``));

test.each(Object.entries(stageNames(PLACE)))('docs/deploying.md lists the name of the %s of a stage', (_what, name) => {
  expect(isListed(name)).toBe(true);
});

test.each(['<job>', ALERTS_FUNCTION])('docs/deploying.md lists the names of the function %s', (job) => {
  const { function: name, queue, logGroup } = jobNames(PLACE, job);

  expect([name, queue, logGroup].filter((each) => !isListed(each))).toEqual([]);
});
