/** Why an address cannot be called at all. */
export type AddressProblem = 'no-url' | 'no-https';

/** Alerts go to addresses of https://, and to those of this machine. Undefined where nothing is wrong. */
export function problemOfAddress(address: string): AddressProblem | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return 'no-url';
  const isHere = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere) ? undefined : 'no-https';
}
