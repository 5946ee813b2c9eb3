import { concurrencyLimit } from "./concurrency-limit.ts";
import { EndpointError } from "./error.ts";
import { readAddress } from "./read-address.ts";
import { withRetries } from "./retry.ts";
import { type RequestOptions, tryRequest } from "./try-request.ts";

/** How an endpoint is asked. */
export interface EndpointOptions {
  /** `http:` or `https:`; a user and password in it go into the Authorization header. */
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  /** For each attempt, until the answer is complete. Default 60,000 (Node's fetch itself gives up after 300,000). */
  readonly timeoutMs?: number;
  /** Further attempts after network errors, timeouts, 429 and 5xx. Default 4. */
  readonly retries?: number;
  /** The wait before the first further attempt; it doubles each time. `Retry-After` goes before it. Default 500. */
  readonly backoffMs?: number;
  /** No wait is longer, whatever the endpoint asks for. Default: `timeoutMs`. */
  readonly longestWaitMs?: number;
  /** For all attempts and waits of a call together, from its first attempt on. Default: 120,000, or twice `timeoutMs` where that is longer. */
  readonly totalTimeoutMs?: number;
  /** Requests at a time, of all calls together. One that waits for its next attempt counts. Default 4. */
  readonly concurrency?: number;
  /** An answer is read up to here, behind any content encoding; a longer one is refused. Default 64 · 10⁶. */
  readonly maxAnswerBytes?: number;
  /** Default: Node's own. */
  readonly fetch?: typeof globalThis.fetch;
}

/** What of an answer is read, and how its endpoint is named. */
interface Answer {
  /** Kind, origin and path. */
  readonly name: string;
  readonly maxBytes: number;
  readonly hide: (text: string) => string;
  readonly signal: AbortSignal;
}

/** A request; its path is added to the address's own. */
interface Asked<Result> extends Pick<RequestOptions<Result>, "method" | "body" | "answers"> {
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly take: (response: Response, answer: Answer) => Promise<Result>;
  readonly signal: AbortSignal | undefined;
}

interface PatientEndpoint {
  /** Origin and path. */
  readonly name: string;
  ask<Result>(asked: Asked<Result>): Promise<Result>;
}

/**
 * What all endpoints share: an address, time limits, retries, and a bound on requests at a time.
 *
 * @throws EndpointError `bad-option`
 */
export function openEndpoint(
  options: EndpointOptions & { readonly kind?: string | undefined; readonly gives?: string | undefined },
): PatientEndpoint {
  const { timeoutMs = 60_000, retries = 4, backoffMs = 500, concurrency = 4, maxAnswerBytes = 64e6 } = options;
  const {
    longestWaitMs = timeoutMs,
    totalTimeoutMs = Math.max(120_000, 2 * timeoutMs),
    fetch = globalThis.fetch,
    kind = "endpoint",
    gives = "answer",
  } = options;
  requireNumber("timeoutMs", timeoutMs, 1);
  requireNumber("backoffMs", backoffMs, 0);
  requireNumber("longestWaitMs", longestWaitMs, 0);
  requireNumber("totalTimeoutMs", totalTimeoutMs, 1);
  requireInteger("retries", retries, 0);
  requireInteger("concurrency", concurrency, 1);
  requireInteger("maxAnswerBytes", maxAnswerBytes, 1);
  const { url, headers, name: base, hide } = readAddress({ ...options, kind });
  const limit = concurrencyLimit(concurrency);

  return {
    name: base,
    async ask({ path, headers: more, take, signal, ...asked }) {
      const target = new URL(url);
      target.pathname = joined(url.pathname, path);
      const name = `${kind} ${target.origin}${target.pathname}`;
      const request = { ...asked, url: target.href, headers: { ...more, ...headers }, fetch, name, hide, signal };
      const attempt = (leftMs: number) =>
        tryRequest({
          ...request,
          take: (response, ends) => take(response, { name, maxBytes: maxAnswerBytes, hide, signal: ends }),
          timeoutMs: Math.min(timeoutMs, leftMs),
        });
      const how = { retries, backoffMs, longestWaitMs, totalMs: totalTimeoutMs, signal };
      const { outcome, attempts } = await limit(() => withRetries(attempt, how), signal);
      if ("result" in outcome) return outcome.result;
      const within = attempts <= retries ? ` within ${totalTimeoutMs} ms` : "";
      const message = `${name} gave no ${gives} in ${attempts} attempts${within}; the last: ${outcome.failure}`;
      throw new EndpointError("endpoint-failed", message, { cause: outcome.cause });
    },
  };
}

const joined = (base: string, path: string): string => (path === "" ? base : `${base.replace(/\/$/, "")}/${path.replace(/^\//, "")}`);

function requireNumber(name: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw new EndpointError("bad-option", `${name} is ${value}, wanted a number from ${least}`);
}

function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new EndpointError("bad-option", `${name} is ${value}, wanted a whole number from ${least}`);
}
