import type { Stages } from 'belfry/cdk';

/** The stages that the app can be deployed as: `npx cdk deploy -c stage=prod`; without `-c stage` it is `dev`. */
export const stages: Stages = {
  dev: {},
  // Add alerts: { email: ['oncall@example.com'] } before you deploy it, and account and region if they are certain.
  prod: { isProtected: true },
};
