import type { MiddlewareHandler } from 'hono';
import { CollectorError } from '../errors.js';

/**
 * Refuses requests that a page of another site makes a browser send to a collector on this machine:
 *
 * - with a `Host` that is a public name, which its owner has pointed here ("DNS rebinding");
 * - with an `Origin` of another site, which could read answers or send reports.
 *
 * Some pages may send reports: see `reportOrigins`. No name leads a browser to a Unix socket, which has no `host`.
 */
export function guard(host: string | undefined, mayReport: MayReport): MiddlewareHandler {
  return async (context, next) => {
    const asked = context.req.header('host');
    if (
      host !== undefined &&
      isLocal(host) &&
      asked !== undefined &&
      !isLocal(hostnameOf(`http://${asked}`))
    ) {
      throw refused(
        `its header Host is ${JSON.stringify(asked)}`,
        'Use the address that "throughline serve" prints.',
      );
    }
    const origin = context.req.header('origin');
    const isReport = /^\/(?:api\/(?:reports|v2\/spans)$|v1\/)/.test(context.req.path);
    if (
      origin !== undefined &&
      !isOwn(origin, asked, context.req.url) &&
      !(isReport && mayReport(origin))
    ) {
      throw refused(
        `it is from a page of ${JSON.stringify(origin)}`,
        'Only the page of the collector may ask it.',
      );
    }
    await next();
  };
}

/** Tells if pages of an origin may send reports. */
export type MayReport = (origin: string) => boolean;

/** Pages on this machine may send reports, because programs that are being developed are such pages, and those that are named. */
export function reportOrigins(allowed: readonly string[]): MayReport {
  return (origin) => isLocal(hostnameOf(origin)) || allowed.includes(origin);
}

/** A page that came without TLS may be anybody's, if the collector itself speaks TLS. In front of it, a proxy may do so. */
function isOwn(origin: string, host: string | undefined, url: string): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  return own === host && (protocol === 'https:' || protocol === new URL(url).protocol);
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** Returns true for the names of this machine. */
export function isLocal(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[?::1\]?)$/.test(hostname);
}

function refused(why: string, advice: string): CollectorError {
  return new CollectorError(
    'TL_REQUEST_REFUSED',
    `The request was refused, because ${why}. ${advice}`,
  );
}
