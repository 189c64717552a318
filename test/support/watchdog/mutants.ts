import { epochMs, MINUTE } from '../../../lib/units.ts';
import type { WatchState } from '../../../lib/watchdog/state.ts';
import { replaced } from '../replaced.ts';
import type { Mutate } from './random-world.ts';

/** Saves all due times as checked, also those that the pass has not checked. */
const skipsUncheckedDueTimes: Mutate = (ports) => {
  const { store } = ports;
  const done = (state: WatchState): WatchState => ({
    ...state,
    schedules: Object.fromEntries(
      Object.entries(state.schedules).map(([id, each]) => [id, { ...each, checkedUntil: state.lookedAt }]),
    ),
  });
  return { ...ports, store: replaced(store, { saveState: (state) => store.saveState(done(state)) }) };
};

/** Saves the state before it keeps the alerts. */
const alertsAfterSaving: Mutate = (ports) => {
  const { store, alerts: kept } = ports;
  const alerts: Parameters<typeof kept.put>[0][] = [];
  return {
    ...ports,
    alerts: replaced(kept, { put: async (alert) => void alerts.push(alert) }),
    store: replaced(store, {
      async saveState(state) {
        await store.saveState(state);
        for (const alert of alerts.splice(0)) await kept.put(alert);
      },
    }),
  };
};

/** Records a due time as missed, over a record that exists by then. */
const overwritesRecords: Mutate = (ports, world) => ({
  ...ports,
  store: replaced(ports.store, {
    async recordWithoutRun(dueTime) {
      if (dueTime.calendar === undefined) world.store.forget(dueTime.id);
      return ports.store.recordWithoutRun(dueTime);
    },
  }),
});

/** Treats every schedule as if it had always existed. */
const forgetsWhenSchedulesWereCreated: Mutate = (ports) => ({
  ...ports,
  async findDeployed(name) {
    const found = await ports.findDeployed(name);
    return found && { ...found, createdAt: epochMs(0), changedAt: epochMs(0) };
  },
});

/** Begins with the first state at each pass. */
const forgetsItsState: Mutate = (ports) => ({
  ...ports,
  store: replaced(ports.store, { loadState: async () => undefined, saveState: async () => {} }),
});

const withState =
  (change: (state: WatchState) => WatchState): Mutate =>
  (ports) => ({
    ...ports,
    store: replaced(ports.store, {
      async loadState() {
        const state = await ports.store.loadState();
        return state && change(state);
      },
    }),
  });

/** Catch-ups are lost with the pass that planned them. */
const forgetsCatchUps = withState((state) => ({ ...state, catchUps: [] }));

/** Does not know which catch-up is in flight. */
const forgetsWhatIsInFlight = withState((state) => ({
  ...state,
  catchUps: state.catchUps.map(({ run }) => ({ run })).reverse(),
}));

/** Pending alerts are lost with the pass that could not send them. */
const forgetsPendingAlerts: Mutate = (ports) => {
  const put: string[] = [];
  const { alerts } = ports;
  return {
    ...ports,
    alerts: replaced(alerts, {
      async put(alert) {
        put.push(alert.id);
        await alerts.put(alert);
      },
      pending: async (limit) => (await alerts.pending(limit)).filter(({ id }) => put.includes(id)),
    }),
  };
};

/** Counts the due times of an outage as one. */
const miscountsOutages: Mutate = (ports) => ({
  ...ports,
  alerts: replaced(ports.alerts, { change: (before, after) => ports.alerts.change(before, { ...after, count: 1 }) }),
});

/** Sends every open run at every pass. */
const rescuesWithoutMemory = withState((state) => ({ ...state, sweep: { since: epochMs(0), until: epochMs(0) } }));

/** Never reads open runs. */
const rescuesNothing: Mutate = (ports) => ({
  ...ports,
  store: replaced(ports.store, { async *openRuns() {} }),
});

/** Does not have the rescue find runs in their first delivery. */
const tracksNothing: Mutate = (ports) => ({ ...ports, store: replaced(ports.store, { track: async () => {} }) });

/** Never reads what is to be sent at a time. */
const sendsNothingDue: Mutate = (ports) => ({ ...ports, store: replaced(ports.store, { async *dueRuns() {} }) });

/** Sends runs at the pass after their time, and not ahead of it. */
const sendsNothingAhead: Mutate = (ports) => ({
  ...ports,
  store: replaced(ports.store, { dueRuns: (until) => ports.store.dueRuns(epochMs(until - 2 * MINUTE)) }),
});

/** Leaves the row of a run that it has sent where it is. */
const forgetsToMoveRows: Mutate = (ports) => ({ ...ports, store: replaced(ports.store, { move: async () => {} }) });

/** Takes the row of a run that it has sent out of the index. */
const losesRowsThatItMoves: Mutate = (ports, world) => ({
  ...ports,
  store: replaced(ports.store, { move: async (run) => world.store.unlist(run) }),
});

/** Swallows the failures of alerts. */
const swallowsFailures: Mutate = (ports) => ({ ...ports, alert: (message) => ports.alert(message).catch(() => {}) });

/** Watchdogs that are broken on purpose, in one place each: the auditor must find every one. */
export const WATCH_MUTANTS: Readonly<Record<string, Mutate>> = {
  skipsUncheckedDueTimes,
  alertsAfterSaving,
  overwritesRecords,
  forgetsWhenSchedulesWereCreated,
  forgetsItsState,
  forgetsCatchUps,
  forgetsWhatIsInFlight,
  forgetsPendingAlerts,
  miscountsOutages,
  rescuesWithoutMemory,
  rescuesNothing,
  tracksNothing,
  sendsNothingDue,
  sendsNothingAhead,
  forgetsToMoveRows,
  losesRowsThatItMoves,
  swallowsFailures,
};
