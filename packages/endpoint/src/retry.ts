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
  /** For all attempts and waits together: a wait that would end later is not begun. */
  readonly totalMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
  /** In milliseconds. */
  readonly clock?: () => number;
}

/**
 * Attempts until one is done, none is left, or the time is over; what an attempt throws is not tried again.
 *
 * @param attempt is told how much of the time is left.
 * @returns The result, or the last failure, and how many attempts there were.
 */
export async function withRetries<Result>(
  attempt: (leftMs: number) => Promise<Attempt<Result>>,
  options: RetryOptions,
): Promise<{ readonly outcome: Attempt<Result>; readonly attempts: number }> {
  const { retries, backoffMs, longestWaitMs, totalMs, signal, wait = waitUntilAborted, clock = () => performance.now() } = options;
  const end = clock() + totalMs;
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await attempt(end - clock());
    if ("result" in outcome || attempts > retries) return { outcome, attempts };
    const pause = Math.min(outcome.waitMs ?? backoffMs * 2 ** (attempts - 1), longestWaitMs);
    if (clock() + pause >= end) return { outcome, attempts };
    await wait(pause, signal);
  }
}

async function waitUntilAborted(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
