import type { Found } from '../found.ts';

/** How many lines a note names. */
const MAX_LINES = 10;

interface Zones {
  /** The zone of the host, as it was given. */
  readonly timezone: string | undefined;
  readonly ignoresCronTz: boolean;
}

/** What a crontab with `CRON_TZ` must say of its zones: which lines go by it, and how to get the other. */
export function noteOfZones(found: readonly Found[], { timezone, ignoresCronTz }: Zones): string {
  if (ignoresCronTz) return `CRON_TZ is ignored, as asked for: every line is read in ${timezone ?? 'the zone given'}`;
  const which = 'cronie goes by it, and the cron of Debian and Ubuntu does not';
  const others = found.flatMap((each) => (each.kind === 'candidate' && each.timezone !== timezone ? [each] : []));
  if (timezone === undefined || others.length === 0) return `CRON_TZ: ${which}`;
  const zones = [...new Set(others.map((each) => each.timezone))].join(', ');
  const lines = others.slice(0, MAX_LINES).map(({ place }) => place.line);
  const named = `${lines.join(', ')}${others.length > MAX_LINES ? ', …' : ''}`;
  const subject = others.length === 1 ? `line ${named} follows it` : `lines ${named} follow it`;
  return `CRON_TZ: ${subject} (${zones}), and not --timezone ${timezone}: ${which}. Give --ignore-cron-tz if the host has that cron`;
}
