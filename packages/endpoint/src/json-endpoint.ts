import { concurrencyLimit } from "./concurrency-limit.ts";
import { EndpointError } from "./error.ts";
import { postJson } from "./post-json.ts";
import { readAddress } from "./read-address.ts";
import { withRetries } from "./retry.ts";

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

/** An address that takes JSON and answers JSON. */
export interface JsonEndpoint {
  /** Origin and path, as messages name it: no credentials, no query. */
  readonly name: string;
  /**
   * @param body anything that JSON can say
   * @param options.path added to the address's own: `"/chat/completions"`
   * @returns the answer's JSON, unchecked
   * @throws EndpointError `endpoint-failed`, `bad-answer`; the signal's reason when it is aborted
   */
  post(body: unknown, options?: { readonly path?: string; readonly signal?: AbortSignal }): Promise<unknown>;
}

/**
 * Asks an endpoint patiently: each attempt has its time, and failures that may pass are tried again. An answer that is no JSON is an error at once;
 * so is any 4xx but 429, and a redirect to another origin, where headers and body must not go. No message holds a header's value or a query.
 *
 * @param options.kind what messages call it. Default "JSON endpoint".
 * @param options.gives what messages miss where it fails. Default "answer".
 * @throws EndpointError `bad-option` for an address, header or number that can't be used
 * @example
 * const endpoint = jsonEndpoint({ url: "http://localhost:8000/v1", timeoutMs: 10_000 });
 * endpoint.name; // "http://localhost:8000/v1"
 */
export function jsonEndpoint(options: EndpointOptions & { readonly kind?: string; readonly gives?: string }): JsonEndpoint {
  const { timeoutMs = 60_000, retries = 4, backoffMs = 500, concurrency = 4, maxAnswerBytes = 64e6 } = options;
  const {
    longestWaitMs = timeoutMs,
    totalTimeoutMs = Math.max(120_000, 2 * timeoutMs),
    fetch = globalThis.fetch,
    kind = "JSON endpoint",
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
    async post(body, { path = "", signal } = {}) {
      const target = new URL(url);
      target.pathname = joined(url.pathname, path);
      const name = `${kind} ${target.origin}${target.pathname}`;
      const request = { url: target.href, headers, body, maxAnswerBytes, fetch, name, hide, signal };
      const attempt = (leftMs: number) => postJson({ ...request, timeoutMs: Math.min(timeoutMs, leftMs) });
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
