import type { MiddlewareHandler } from "hono";

/** Answers who reads, with headers that hold the browser to this page alone. */
export const readOnly: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  if (method !== "GET" && method !== "HEAD") return context.text("there is nothing to write here", 405);
  await next();
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return undefined;
};

/** Nothing but the page's own files is loaded, run or asked for, and no other page shows it in a frame. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
