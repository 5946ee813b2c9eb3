/** Does work once there is room for it, in the order in which it was given. */
export type ConcurrencyLimit = <Result>(work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/**
 * Lets so much work go on at a time; the rest waits for its turn. Work whose signal is aborted while it waits is never begun: it rejects with the
 * signal's reason.
 *
 * @example
 * const limit = concurrencyLimit(2);
 * const texts = await Promise.all(["a", "b", "c"].map((name) => limit(async () => `${name}!`)));
 * texts; // ["a!", "b!", "c!"]
 */
export function concurrencyLimit(atOnce: number): ConcurrencyLimit {
  const waiting = new Set<() => void>();
  let free = atOnce;

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        waiting.delete(begin);
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(begin);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      waiting.add(begin);
    });
  }

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  }

  return async (work, signal) => {
    await enter(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
