import { deployEarlier } from '../support/earlier-app.ts';
import { type AppText, EditedApp } from '../support/edited-app.ts';
import type { LeftOut } from '../support/leave-out.ts';
import type { Target } from '../support/target.ts';

/** What the earlier version's app says now. Its address comes with the second deployment. */
const NOW: AppText = {
  app: 'shop',
  stage: 'prod',
  isProtected: true,
  jobs: ['report', 'billing/invoice'],
  schedules: {
    nightly: ['report', "cron: '0 2 * * *', timezone: 'Europe/Stockholm'"],
    either: ['report', "cron: '0 9 13 * fri'"],
    hourly: ['invoice', "every: '1 hour'"],
  },
  addresses: [],
  tags: {},
};

/** Deploys over what an earlier version has deployed, by the steps of docs/deploying.md, and removes it with its records. */
export async function checkUpgrade(
  place: Target,
  leavesOut: readonly LeftOut[],
  row: (step: string, account: string) => void,
): Promise<void> {
  const app = await EditedApp.create(place, NOW, leavesOut);
  try {
    await deployEarlier(place, app.assembly);
    row('the earlier version', await app.compare());
    row('refused', await app.refuses({}, /no longer, and shop-prod-billing imports it: /));
    await app.deleteStack('shop-prod-billing');
    await app.forgetLastSynthesis();
    app.owns('shop-prod');
    row('deployed without the address', await app.deploy());
    await app.write({ addresses: ['ops@example.org'] });
    row('the address', await app.deploy());
    await app.write({ isProtected: false });
    row('not protected any more', await app.deploy());
    row('removed', await app.destroy());
  } finally {
    await app.remove();
  }
}
