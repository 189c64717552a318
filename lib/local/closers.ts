/** Ends what was started, the last first, and goes on when one of them fails. */
export class Closers {
  readonly #actions: (() => unknown)[] = [];

  /** Remembers how to end what was just started. */
  add(action: () => unknown): void {
    this.#actions.push(action);
  }

  /** @throws the first error, after all have been tried */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let action = this.#actions.pop(); action !== undefined; action = this.#actions.pop()) {
      try {
        await action();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
