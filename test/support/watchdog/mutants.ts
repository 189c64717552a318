import { epochMs } from '../../../lib/units.ts';
import type { WatchState } from '../../../lib/watchdog/ports.ts';
import { replaced } from '../replaced.ts';
import type { Mutate } from './random-world.ts';

/** Saves that all due times are done with, those too that the look has not looked at. */
const passesOverWhatIsUndone: Mutate = (ports) => {
  const { store } = ports;
  const done = (state: WatchState): WatchState => ({
    ...state,
    schedules: Object.fromEntries(
      Object.entries(state.schedules).map(([id, each]) => [id, { ...each, checkedUntil: state.lookedAt }]),
    ),
  });
  return { ...ports, store: replaced(store, { saveState: (state) => store.saveState(done(state)) }) };
};

/** Saves what it has done before anybody is told. */
const tellsAfterSaving: Mutate = (ports) => {
  const { store } = ports;
  const alerts: Parameters<typeof ports.alert>[0][] = [];
  return {
    ...ports,
    alert: async (message) => void alerts.push(message),
    store: replaced(store, {
      async saveState(state) {
        await store.saveState(state);
        for (const message of alerts.splice(0)) await ports.alert(message);
      },
    }),
  };
};

/** Writes a due time down as missed whatever stands there by then. */
const overwritesWhatHasCome: Mutate = (ports, world) => ({
  ...ports,
  store: replaced(ports.store, {
    async recordUnrun(unrun) {
      if (unrun.calendar === undefined) world.store.forget(unrun.id);
      return ports.store.recordUnrun(unrun);
    },
  }),
});

/** Takes every schedule for one that has always been there. */
const forgetsWhenSchedulesWereMade: Mutate = (ports) => ({
  ...ports,
  async findDeployed(name) {
    const found = await ports.findDeployed(name);
    return found && { ...found, createdAt: epochMs(0), changedAt: epochMs(0) };
  },
});

/** Begins anew at each look. */
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

/** What is to be made up for is gone with the look that found it. */
const forgetsCatchUps = withState((state) => ({ ...state, catchUps: [] }));

/** Does not know which catch-up is under way. */
const forgetsWhatIsUnderWay = withState((state) => ({
  ...state,
  catchUps: state.catchUps.map(({ run }) => ({ run })).reverse(),
}));

/** What could not be told is gone with the look that found it. */
const forgetsWhatIsUntold = withState((state) => ({ ...state, untold: [] }));

/** Sends every open run at every look. */
const sweepsWithoutMemory = withState((state) => ({ ...state, sweep: { since: epochMs(0), until: epochMs(0) } }));

/** Never looks at open runs. */
const sweepsNothing: Mutate = (ports) => ({
  ...ports,
  store: replaced(ports.store, { async *openRuns() {} }),
});

/** Does not have the sweep find runs in their first delivery. */
const tracksNothing: Mutate = (ports) => ({ ...ports, store: replaced(ports.store, { track: async () => {} }) });

/** Swallows what cannot be sent. */
const mindsNoFailure: Mutate = (ports) => ({ ...ports, alert: (message) => ports.alert(message).catch(() => {}) });

/** Watchdogs that are broken on purpose, at one place each: the auditor must find out every one. */
export const WATCH_MUTANTS: Readonly<Record<string, Mutate>> = {
  passesOverWhatIsUndone,
  tellsAfterSaving,
  overwritesWhatHasCome,
  forgetsWhenSchedulesWereMade,
  forgetsItsState,
  forgetsCatchUps,
  forgetsWhatIsUnderWay,
  forgetsWhatIsUntold,
  sweepsWithoutMemory,
  sweepsNothing,
  tracksNothing,
  mindsNoFailure,
};
