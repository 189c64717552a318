/**
 * How a function's own clients call AWS: in so short a time that a call that hangs is made again within the
 * 10 seconds that recording an outcome has.
 */
export const SDK_OPTIONS = {
  maxAttempts: 4,
  // Without the last, an answer that does not come is only warned of.
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  // SQS's: an emulator may answer queue URLs of a host that does not resolve where the function runs.
  useQueueUrlAsEndpoint: false,
} as const;
