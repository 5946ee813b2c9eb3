import { setTimeout as sleep } from "node:timers/promises";

/** How an attempt ended, where it didn't throw: done, or worth another try. */
export type Attempt<Result> =
  | { readonly result: Result }
  /** `waitMs`: how long the other side asked to wait. */
  | { readonly failure: string; readonly cause?: unknown; readonly waitMs?: number };

/** How often, and how long between. */
export interface RetryOptions {
  /** Further attempts after the first. */
  readonly retries: number;
  /** The wait before the first of them; it doubles each time. No jitter: runs stay comparable. */
  readonly backoffMs: number;
  /** No wait is longer, whatever the other side asks for. */
  readonly longestWaitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/**
 * Attempts until one is done or none is left; what an attempt throws is not tried again.
 *
 * @returns The result, or the last failure.
 */
export async function withRetries<Result>(attempt: () => Promise<Attempt<Result>>, options: RetryOptions): Promise<Attempt<Result>> {
  const { retries, backoffMs, longestWaitMs, signal, wait = waitUntilAborted } = options;
  for (let failures = 0; ; failures += 1) {
    const outcome = await attempt();
    if ("result" in outcome || failures === retries) return outcome;
    await wait(Math.min(outcome.waitMs ?? backoffMs * 2 ** failures, longestWaitMs), signal);
  }
}

async function waitUntilAborted(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted(); // the caller's own reason, instead of the timer's error about it
    throw error;
  }
}
