import { LOCAL_CHANNELS } from '../environment.ts';
import type { AlertSettings, SecretReference } from '../job/stages.ts';

/** The channels whose secrets `.belfry.env` has. @param variables the names of those that it sets */
export function localAlerts(variables: readonly string[], { pagerDuty }: AlertSettings = {}): AlertSettings {
  const { slack, teams, webhook, pagerDuty: pager } = LOCAL_CHANNELS;
  const has = (name: string): boolean => variables.includes(name);
  const region = pagerDuty?.region;
  return {
    ...(has(slack.url) ? { slack: { url: referenceTo(slack.url) } } : {}),
    ...(has(teams.url) ? { teams: { url: referenceTo(teams.url) } } : {}),
    ...(has(webhook.url)
      ? {
          webhook: {
            url: referenceTo(webhook.url),
            ...(has(webhook.secret) ? { secret: referenceTo(webhook.secret) } : {}),
          },
        }
      : {}),
    ...(has(pager.routingKey)
      ? { pagerDuty: { routingKey: referenceTo(pager.routingKey), ...(region === undefined ? {} : { region }) } }
      : {}),
  };
}

/** The function takes the variable instead, and asks no service. */
const referenceTo = (variable: string): SecretReference => ({ ssm: `/belfry-local/${variable}` });
