/**
 * Does work that shares a signal, which is aborted when `signal` is, or when any of the work fails: the rest of it needs no result any more.
 *
 * @throws what the work throws; the signal's reason when it is aborted already, before any work
 */
export async function abortTogether<Result>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const together = new AbortController();
  const giveUp = () => together.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp);
  try {
    return await work(together.signal);
  } catch (error) {
    together.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}
