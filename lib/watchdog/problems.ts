/**
 * Performs an action whose failure must not stop the pass: the failure is added to `problems`, after `what`.
 *
 * @returns whether it was done: not when it failed, nor when it resolved to `false`
 */
export async function collectProblem(
  problems: string[],
  what: string,
  action: () => Promise<unknown>,
): Promise<boolean> {
  try {
    return (await action()) !== false;
  } catch (error) {
    problems.push(`${what}: ${String(error)}`);
    return false;
  }
}
