/**
 * `npm start` as a user's first command, in a checkout with the fixture's jobs: a completed heartbeat within ten seconds of it, and the summary as JSON.
 *
 * No test, because it must have the machine for itself: among others it would be a measure of them.
 */
import assert from 'node:assert/strict';
import { Project } from './support/project.ts';

const WITHIN_MS = 10_000;

const project = await Project.create();
const startedAt = performance.now();
const command = project.npmStart(['--for', '5s', '--json', '--fresh']);
try {
  await command.prints(/completed +heartbeat/, WITHIN_MS);
  const took = performance.now() - startedAt;
  const { code, stdout, stderr } = await command.end();
  assert.equal(code, 0, stderr);
  const { v, jobs } = JSON.parse(stdout);
  assert.equal(v, 1);
  assert.ok(jobs.heartbeat.completed >= 1, stdout);
  process.stdout.write(`the first heartbeat completed ${(took / 1000).toFixed(1)} s after the command\n`);
} finally {
  await project.remove();
}
