/** The account of everything in the embedded cloud. fauxqs knows no other. */
export const accountId = '000000000000';

export const queueArn = (name: string, region: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;

export const topicArn = (name: string, region: string): string => `arn:aws:sns:${region}:${accountId}:${name}`;

/**
 * The path of a queue's URL. The host before it is the front's: the one that the client used, so that
 * the URL resolves, and an SDK that takes its endpoint from the URL finds nothing to warn about.
 */
export const queuePath = (name: string): string => `/${accountId}/${name}`;

/** The name in a queue's URL or path, whatever the host: the front has checked where the request was meant to go. */
export const queueNameOf = (url: string): string | undefined => new RegExp(`/${accountId}/([^/?#]+)$`).exec(url)?.[1];
