import type { MiddlewareHandler } from "hono";

const names = ["127.0.0.1", "localhost"];

/**
 * Answers only who reaches this machine by its own name, reads, and comes from no other page: a page elsewhere whose name was made to point here
 * (DNS rebinding) has another Host, one that asks across origins another Origin.
 *
 * @param port known once the server listens.
 */
export function refuseStrangers(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const own = names.map((name) => `${name}:${port()}`);
    const { method } = context.req;
    const [host, origin] = [context.req.header("host"), context.req.header("origin")];
    if (host === undefined || !own.includes(host)) return context.text("this page is for this machine alone", 403);
    if (origin !== undefined && !own.map((one) => `http://${one}`).includes(origin))
      return context.text("another page may not read here", 403);
    if (method !== "GET" && method !== "HEAD") return context.text("there is nothing to write here", 405);
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    return undefined;
  };
}

/** Nothing but the page's own files is loaded, run or asked for, and no other page shows it in a frame. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
