/** The result, or the signal's reason as soon as it is aborted; the work itself goes on unless it heeds the signal too. */
export async function untilAborted<Result>(result: Result | PromiseLike<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  const { promise: aborted, reject } = withRejection();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([aborted, result]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function withRejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
