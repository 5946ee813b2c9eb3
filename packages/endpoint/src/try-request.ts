import { EndpointError } from "./error.ts";
import { longestTimer } from "./longest-timer.ts";
import { readText } from "./read-text.ts";
import type { Attempt } from "./retry.ts";
import { untilAborted } from "./until-aborted.ts";

/** Redirects that are followed, one after the other. */
const mostRedirects = 5;
/** Of an answer that is an error: a message shows 200 characters. */
const mostErrorBytes = 4096;

/** One attempt. */
export interface RequestOptions<Result> {
  readonly url: string;
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** How messages name the endpoint: "reward endpoint https://host/path". */
  readonly name: string;
  /** Takes secrets out of what a message shows. */
  readonly hide: (text: string) => string;
  /** Statuses of 4xx that are answers too. */
  readonly answers?: readonly number[];
  /** Makes the result of an answer; what it throws ends the call. */
  readonly take: (response: Response, signal: AbortSignal) => Promise<Result>;
  readonly signal: AbortSignal | undefined;
}

/**
 * One request. Network errors, a missing answer, 429 and 5xx are failures worth another try; any other status, and a redirect that can't be
 * followed, throws.
 */
export async function tryRequest<Result>(options: RequestOptions<Result>): Promise<Attempt<Result>> {
  const { timeoutMs, signal, hide, answers = [], take } = options;
  signal?.throwIfAborted();
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  const timer = setTimeout(stop, Math.min(timeoutMs, longestTimer));
  signal?.addEventListener("abort", stop);
  try {
    const response = await answerAt(options, attempt.signal);
    if (response.ok || answers.includes(response.status)) return { result: await take(response, attempt.signal) };
    return await readRefusal(response, options, attempt.signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (EndpointError.isInstance(cause)) throw cause;
    if (attempt.signal.aborted) return { failure: `no answer within ${Math.ceil(timeoutMs)} ms`, cause };
    return { failure: hide(reasonOf(cause)), cause };
  } finally {
    clearTimeout(timer);
    attempt.abort(); // what is still on its way of the answer is not wanted any more
    signal?.removeEventListener("abort", stop);
  }
}

/** A text as messages show it: without secrets, and not all of it. */
export function shownText(text: string, hide: (text: string) => string): string {
  const hidden = hide(text.slice(0, mostErrorBytes));
  return hidden.length > 200 ? `${hidden.slice(0, 200)}…` : hidden;
}

/** The answer, behind redirects that stay with the origin: headers and body go nowhere else. */
async function answerAt<Result>(
  { url, method, headers, body, fetch, name }: RequestOptions<Result>,
  signal: AbortSignal,
): Promise<Response> {
  const request = { method, headers, ...(body !== undefined && { body }) };
  let address = new URL(url);
  for (let redirects = 0; ; redirects += 1) {
    const response = await untilAborted(fetch(address.href, { ...request, redirect: "manual", signal }), signal);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    const refuse = (why: string) => new EndpointError("endpoint-failed", `${name} redirects with status ${response.status} ${why}`);
    if (!URL.canParse(location, address.href)) throw refuse("to an address that is none: mend the endpoint");
    const next = new URL(location, address);
    const shown = next.origin + next.pathname;
    if (next.origin !== address.origin) throw refuse(`to another origin, ${shown}: if that is the endpoint, give its address`);
    if (method !== "GET" && response.status !== 307 && response.status !== 308)
      throw refuse(`to ${shown}, which asks for a GET in place of the ${method}: give the address that takes the ${method}`);
    if (redirects === mostRedirects) throw refuse(`for the ${mostRedirects + 1}th time, to ${shown}: give the address that answers`);
    address = next;
  }
}

async function readRefusal<Result>(
  response: Response,
  { name, hide }: RequestOptions<Result>,
  signal: AbortSignal,
): Promise<Attempt<Result>> {
  const { text } = await readText(response.body, { maxBytes: mostErrorBytes, signal });
  const shown = shownText(text, hide);
  if (response.status === 429 || response.status >= 500) {
    const waitMs = retryAfterMs(response.headers.get("retry-after"));
    return { failure: `status ${response.status}: ${shown}`, ...(waitMs === undefined ? {} : { waitMs }) };
  }
  throw new EndpointError("endpoint-failed", `${name} refused with status ${response.status}: ${shown}`);
}

/** The header's seconds, or time until its date, in milliseconds. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** fetch says "fetch failed"; why stands in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const inner = cause as (Error & { code?: string }) | undefined;
  return inner ? `${message} (${inner.message || inner.code})` : message;
}
