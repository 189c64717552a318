/**
 * Runs a step that something else makes up for, such as a lease or an alarm. A failure is reported, not thrown.
 */
export async function bestEffort(action: () => Promise<unknown>, onFailure: (error: unknown) => void): Promise<void> {
  try {
    await action();
  } catch (error) {
    onFailure(error);
  }
}
