import { warnOfZoneData } from '../zone-data.ts';
import type { Lint } from './subject.ts';

/** Zones whose clocks have changed since the data that Node computes with. */
export const lintZoneData: Lint = ({ timetable, now }) => warnOfZoneData(timetable, now);
