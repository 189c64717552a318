/**
 * Runs a step that nothing after it depends on, such as a clean-up when the outcome is recorded. A failure goes to
 * `onFailure`, which should log it, and not to the caller.
 *
 * @param action may also throw before it returns a promise
 */
export async function bestEffort(action: () => Promise<unknown>, onFailure: (error: unknown) => void): Promise<void> {
  try {
    await action();
  } catch (error) {
    onFailure(error);
  }
}
