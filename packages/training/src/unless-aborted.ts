/** How long work may take to heed an abort by itself. */
const grace = 2_000;

/**
 * Waits for work, but not for ever after an abort: a reward that never answers hears no signal.
 *
 * @param abandon called then; true where the work may be left alone, as it has changed nothing and never will.
 * @throws what the work throws; the signal's reason where it was left alone.
 */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  abandon: () => boolean,
): Promise<Result> {
  if (signal === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const left = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => abandon() && reject(signal.reason), grace);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort!);
  }
}
