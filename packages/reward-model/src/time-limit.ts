import { longestTimer, untilAborted } from "@cai/endpoint";
import { RewardModelError } from "./error.ts";

/**
 * Does work with a signal that is aborted when `signal` is, or when the time is over; its result is not waited for any longer then. The timer keeps
 * the process alive, so that a promise that nobody settles ends in an error.
 *
 * @throws RewardModelError `timed-out`; what the work throws; the signal's reason
 */
export async function withTimeLimit<Result>(
  { timeoutMs, signal, name }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined; readonly name: string },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const message = `reward model ${name} takes more than ${timeoutMs / 1000} seconds for a batch: mend it, or allow more (timeoutMs)`;
  const timer = setTimeout(() => limit.abort(new RewardModelError("timed-out", message)), Math.min(timeoutMs, longestTimer));
  const giveUp = () => limit.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await untilAborted(work(limit.signal), limit.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
