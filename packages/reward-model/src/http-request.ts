import { RewardModelError } from "./error.ts";
import type { Attempt } from "./retry.ts";
import { untilAborted } from "./until-aborted.ts";

/**
 * One POST of JSON. Network errors, a missing answer, 429 and 5xx are failures worth another try; any other status, or an answer that is
 * not JSON, throws.
 *
 * @returns The answer's JSON, unchecked.
 */
export async function postJson({
  url,
  headers,
  body,
  timeoutMs,
  fetch,
  name,
  signal,
}: {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: unknown;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}): Promise<Attempt<unknown>> {
  signal?.throwIfAborted();
  const attempt = new AbortController();
  const stop = () => attempt.abort();
  const timer = setTimeout(stop, timeoutMs);
  signal?.addEventListener("abort", stop);
  try {
    const request = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
    const response = await untilAborted(fetch(url, { ...request, signal: attempt.signal }), attempt.signal);
    const text = await untilAborted(response.text(), attempt.signal);
    return readAnswer({ response, text, name });
  } catch (cause) {
    signal?.throwIfAborted();
    if (RewardModelError.isInstance(cause)) throw cause;
    if (attempt.signal.aborted) return { failure: `no answer within ${timeoutMs} ms`, cause };
    return { failure: reasonOf(cause), cause };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function readAnswer({ response, text, name }: { response: Response; text: string; name: string }): Attempt<unknown> {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  if (response.status === 429 || response.status >= 500) {
    const waitMs = retryAfterMs(response.headers.get("retry-after"));
    return { failure: `status ${response.status}: ${shown}`, ...(waitMs === undefined ? {} : { waitMs }) };
  }
  if (!response.ok)
    throw new RewardModelError("endpoint-failed", `reward endpoint ${name} refused with status ${response.status}: ${shown}`);
  try {
    return { result: JSON.parse(text) };
  } catch (cause) {
    throw new RewardModelError("bad-scores", `reward endpoint ${name} did not answer JSON: ${shown}`, { cause });
  }
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
