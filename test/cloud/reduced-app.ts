import access from '../../infra/access.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { leaveOut } from './support/leave-out.ts';

/** The app as `infra/app.ts` synthesizes it, less alarms over several metrics: for `cdk deploy --app`. */
await synthesize({
  access: async (belfry) => {
    await access(belfry);
    leaveOut(belfry, ['metric-math']);
  },
});
