import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { RequestError } from "./request-error.ts";

/** Refuses requests without the key: `Authorization: Bearer …`. */
export function requireKey(key: string): MiddlewareHandler {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${key}`);
  return async (context, next) => {
    const given = context.req.header("authorization");
    if (given === undefined || !timingSafeEqual(digest(given), expected))
      throw new RequestError(401, "invalid_api_key", "the request has no key, or another one: send it as Authorization: Bearer …");
    await next();
  };
}
