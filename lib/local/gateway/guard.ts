import type { Fault } from './protocol.ts';
import type { ServiceRequest } from './service.ts';

/**
 * Why a request must not be served, if so: it may come from a web page.
 *
 * Any page the developer visits can send requests to a port of this machine. Its browser then says so with
 * `Origin` or `Sec-Fetch-Site`, which no AWS SDK sends. A page that points its own domain's name at 127.0.0.1 (DNS rebinding)
 * needs neither header to read the answer, but cannot avoid the domain in `Host`.
 */
export function refusalOf(headers: ServiceRequest['headers'], port: number): Fault | undefined {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];

  if (host === undefined || !allowedHosts(port).includes(host.toLowerCase())) {
    return refusal(`the Host ${quote(host)} is not one of ${allowedHosts(port).join(', ')}`);
  }
  if (origin !== undefined) return refusal(`it has an Origin, ${quote(origin)}`);
  if (site !== undefined && site !== 'none') return refusal(`its Sec-Fetch-Site is ${quote(site)}`);
  return undefined;
}

const allowedHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];

const refusal = (reason: string): Fault => ({
  status: 403,
  code: 'RequestRefused',
  message: `Belfry's embedded cloud serves programs of this machine, not web pages. This request is refused: ${reason}.`,
});

const quote = (value: string | undefined): string => JSON.stringify(value?.slice(0, 100) ?? '');
