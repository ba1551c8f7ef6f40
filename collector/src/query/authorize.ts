import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { CollectorError } from '../errors.js';
import { bearerIn, isToken } from '../ingest/hello.js';

/** The cookie that the page shows the token by. Scripts cannot read it, and pages of other sites cannot send it. */
const COOKIE = 'throughline_token';
const COOKIE_SECONDS = 90 * 24 * 3600;

/** What needs no token: the files of the page, which hold nothing, and whether the collector is well. */
const OPEN =
  /^\/(?:health|index\.html|icon\.svg)?$|^\/(?:assets|tasks|compare|lines|shapes)(?:\/|$)/;

/**
 * Asks for a token: by the header `Authorization: Bearer …`, or by the cookie that `/?token=…` sets for the page. Without a token in
 * the settings, everybody may ask.
 */
export function authorize(token: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    if (token === undefined) return next();
    const inAddress = context.req.query('token');
    if (inAddress !== undefined && context.req.method === 'GET' && isToken(inAddress, token)) {
      setCookie(context, COOKIE, inAddress, {
        ...{ httpOnly: true, sameSite: 'Strict', path: '/', maxAge: COOKIE_SECONDS },
        secure: context.req.url.startsWith('https:'),
      });
      return context.redirect(withoutToken(context.req.url));
    }
    if (!OPEN.test(context.req.path) && !isShown(context, token)) {
      throw new CollectorError(
        'TL_TOKEN_REFUSED',
        'The request has no token, or not the right one. Send the header "Authorization: Bearer TOKEN", set THROUGHLINE_TOKEN, or open the page once with "?token=TOKEN" after its address.',
      );
    }
    return next();
  };
}

/** Returns true if a request shows the token. */
export function isShown(context: Context, token: string | undefined): boolean {
  const bearer = bearerIn(context.req.header('authorization'));
  return isToken(bearer ?? getCookie(context, COOKIE), token);
}

/** The token is not to stay in the address, which people copy. */
function withoutToken(url: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete('token');
  const query = searchParams.toString();
  return query === '' ? pathname : `${pathname}?${query}`;
}
