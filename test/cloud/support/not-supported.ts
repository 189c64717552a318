/** The ways in which emulators say that they do not have something. */
const NAMES =
  /^(NotImplemented|NotImplementedException|ServiceNotEmulated|UnknownOperationException|UnknownAction|InvalidAction)$/;
const MESSAGE =
  /not (yet )?(been )?implemented|not supported|unsupported|no such operation|unknown (operation|action)/i;

/** Whether a service has answered that it does not know the call, rather than that something is wrong with it. */
export function isNotSupported(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (isNotSupported(error.cause)) return true;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  if ($metadata === undefined) return false;
  return NAMES.test(error.name) || $metadata.httpStatusCode === 501 || MESSAGE.test(error.message);
}
