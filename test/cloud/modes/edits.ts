import { type AppText, EditedApp } from '../support/edited-app.ts';
import type { LeftOut } from '../support/leave-out.ts';
import type { SuiteOptions } from '../support/suite.ts';
import type { Target } from '../support/target.ts';
import { checkUpgrade } from './upgrade.ts';

/** The edits of an app that are deployed one after another, each over the one before. */
export const EDITS = {
  first: 'an app with a folder deploys as its templates say',
  moves: 'a schedule moves to another job',
  renamesJob: 'a job is renamed and keeps the id of its schedule',
  expression: 'an expression changes',
  eitherDay: 'a plain cron becomes one of either day, which takes two schedules, and a plain one again',
  enabled: 'a schedule is enabled in another stage only, and in this one again',
  renamesSchedule: 'a schedule is renamed',
  adds: 'jobs are added, one of them in a folder of its own',
  removes: 'a job is removed',
  address: 'an address for alerts is added before another',
  tag: "a tag of the user's is added",
  movesJob: 'a job that changes its folder is refused, and moves in three deployments',
  movesFar: 'a schedule that moves to a job of another folder is refused, and moves in two deployments',
  empties: 'a folder that becomes empty is refused, and goes when its stack is deleted first',
  renamesApp: 'a renamed app is refused, and deploys when the old one is removed first',
  renamesStage: 'a renamed stage is refused, and deploys when the old one is removed first',
  gone: 'the edited app can be deleted',
  upgrade: 'an app of before schedules were named after their app and stage deploys in steps',
} as const;

const FIRST: AppText = {
  app: 'ledger',
  stage: 'dev',
  isProtected: false,
  jobs: ['report', 'summary', 'billing/invoice'],
  schedules: { nightly: ['report', "cron: '0 2 * * *'"], hourly: ['invoice', "every: '1 hour'"] },
  addresses: ['old@example.org'],
  tags: {},
};

/** What is in the account after a step, by the step: what people read. */
type Row = readonly [step: string, account: string];

/** What becomes of an edit: makes the rows of its steps. */
type Perform = (app: EditedApp, row: (step: string, account: string) => void) => Promise<void>;

/**
 * Makes every edit of a user's, deploys it with the CDK CLI, and compares the account with the templates; and those that one
 * deployment cannot do, which are refused and done by the steps of docs/deploying.md.
 */
export async function checkEdits(place: Target, leavesOut: readonly LeftOut[], suite: SuiteOptions): Promise<void> {
  const rows: Row[] = [];
  const app = await EditedApp.create(place, FIRST, leavesOut);
  const step = async (name: string, perform: Perform): Promise<boolean> => {
    if (suite.signal.aborted) return false;
    return await suite.report.step({ name, limit: place.limits[name] }, () =>
      perform(app, (part, account) => rows.push([part === '' ? name : `${name}: ${part}`, account])),
    );
  };
  try {
    for (const [id, perform] of Object.entries(STEPS) as [keyof typeof STEPS, Perform][]) {
      // What follows is an edit of what is there.
      if (!(await step(EDITS[id], perform))) break;
    }
    await step(EDITS.gone, async (_app, row) => row('', await app.destroy()));
    await step(EDITS.upgrade, (_app, row) => checkUpgrade(place, leavesOut, row));
  } finally {
    await app.remove();
    suite.report.say(`\nstep → account against template\n${rows.map((row) => `  ${row.join(' → ')}\n`).join('')}`);
  }
}

/** One deployment. */
const edit =
  (change: (text: AppText) => Partial<AppText>): Perform =>
  async (app, row) => {
    await app.write(change(app.text));
    row('', await app.deploy());
  };

/** Several edits, each deployed. */
const edits =
  (parts: Readonly<Record<string, (text: AppText) => Partial<AppText>>>): Perform =>
  async (app, row) => {
    for (const [part, change] of Object.entries(parts)) {
      await app.write(change(app.text));
      row(part, await app.deploy());
    }
  };

/** The schedules with others in place of those of an id; `undefined` takes one away. */
function withSchedules(
  { schedules }: AppText,
  changes: Readonly<Record<string, AppText['schedules'][string] | undefined>>,
): Pick<AppText, 'schedules'> {
  const changed = Object.entries({ ...schedules, ...changes });
  return { schedules: Object.fromEntries(changed.filter((entry) => entry[1] !== undefined)) as AppText['schedules'] };
}

const withJobs = ({ jobs }: AppText, removed: readonly string[], added: readonly string[] = []) => ({
  jobs: [...jobs.filter((job) => !removed.includes(job)), ...added],
});

const PLAIN = "cron: '30 3 * * *'";

const STEPS: Readonly<Record<Exclude<keyof typeof EDITS, 'gone' | 'upgrade'>, Perform>> = {
  first: edit(() => ({})),
  moves: edit((text) => withSchedules(text, { nightly: ['summary', "cron: '0 2 * * *'"] })),
  renamesJob: edit((text) => ({
    ...withJobs(text, ['summary'], ['digest']),
    ...withSchedules(text, { nightly: ['digest', "cron: '0 2 * * *'"] }),
  })),
  expression: edit((text) =>
    withSchedules(text, { nightly: ['digest', PLAIN], hourly: ['invoice', "every: '2 hours'"] }),
  ),
  eitherDay: edits({
    'either day': (text) => withSchedules(text, { nightly: ['digest', "cron: '30 3 13 * fri'"] }),
    plain: (text) => withSchedules(text, { nightly: ['digest', PLAIN] }),
  }),
  enabled: edits({
    'another stage': (text) => withSchedules(text, { nightly: ['digest', `${PLAIN}, enabled: ['prod']`] }),
    'this one': (text) => withSchedules(text, { nightly: ['digest', `${PLAIN}, enabled: ['dev']`] }),
  }),
  renamesSchedule: edit((text) => withSchedules(text, { nightly: undefined, midnight: ['digest', PLAIN] })),
  adds: edit((text) => ({
    ...withJobs(text, [], ['extra', 'extras/more']),
    ...withSchedules(text, { extra: ['extra', "every: '1 day'"], more: ['more', "every: '1 day'"] }),
  })),
  removes: edit((text) => ({ ...withJobs(text, ['extra']), ...withSchedules(text, { extra: undefined }) })),
  address: edit(({ addresses }) => ({ addresses: ['new@example.org', ...addresses] })),
  tag: edit(() => ({ tags: { Stage: 'theirs' } })),
  movesJob: async (app, row) => {
    const moved = withJobs(app.text, ['digest'], ['billing/digest']);
    row('refused', await app.refuses(moved, /functions\/billing\/digest\.ts: job "digest" was in functions\/: /));
    await edits({
      disabled: (text) => withSchedules(text, { midnight: ['digest', `${PLAIN}, enabled: false`] }),
      'taken out': (text) => ({
        ...withJobs(text, ['digest'], ['_digest']),
        ...withSchedules(text, { midnight: undefined }),
      }),
      'put back': (text) => ({
        ...withJobs(text, ['_digest'], ['billing/digest']),
        ...withSchedules(text, { midnight: ['digest', PLAIN] }),
      }),
    })(app, row);
  },
  movesFar: async (app, row) => {
    const moved = withSchedules(app.text, { hourly: ['report', "every: '2 hours'"] });
    row('refused', await app.refuses(moved, /Schedule ledger-dev-hourly is \w+ of the stack ledger-dev, and was /));
    await edits({
      without: (text) => withSchedules(text, { hourly: undefined }),
      with: () => moved,
    })(app, row);
  },
  empties: async (app, row) => {
    const emptied = { ...withJobs(app.text, ['extras/more']), ...withSchedules(app.text, { more: undefined }) };
    row(
      'refused',
      await app.refuses(emptied, /functions\/extras\/: it has no job any more, and its stack ledger-dev-e/),
    );
    await edits({
      disabled: (text) => withSchedules(text, { more: ['more', "every: '1 day', enabled: false"] }),
    })(app, row);
    await app.deleteStack('ledger-dev-extras');
    await app.forgetLastSynthesis();
    await edits({ 'stack deleted': () => emptied })(app, row);
  },
  renamesApp: renames({ app: 'journal' }, /the app is called "journal" and was called "ledger": /),
  renamesStage: renames({ stage: 'main' }, /infra\/stages\.ts: stage "dev" is not listed any more: /),
};

function renames(change: Partial<AppText>, message: RegExp): Perform {
  return async (app, row) => {
    row('refused', await app.refuses(change, message));
    row('removed', await app.destroy());
    await app.forgetLastSynthesis();
    await edits({ deployed: () => change })(app, row);
  };
}
