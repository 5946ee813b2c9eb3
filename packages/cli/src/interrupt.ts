import { CliError } from "./error.ts";

/**
 * Does work that a first Ctrl-C ends early, by its signal.
 *
 * @param announce tells that it was heard.
 * @param ended what is to be said when the work has ended by it.
 * @throws CliError `interrupted`; what the work throws
 */
export async function interruptible<Result>(
  { announce, ended }: { readonly announce: (line: string) => void; readonly ended: () => string },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal, release } = abortOnInterrupt(announce);
  try {
    return await work(signal);
  } catch (cause) {
    if (cause !== signal.reason) throw cause;
    throw new CliError("interrupted", ended(), { cause });
  } finally {
    release();
  }
}

/**
 * Turns the first Ctrl-C (SIGINT, or SIGTERM) into an abort, so that a run can write a checkpoint; the second one ends the process as
 * if nobody had listened.
 */
function abortOnInterrupt(announce: (line: string) => void): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const signals = ["SIGINT", "SIGTERM"] as const;
  const release = (): void => {
    for (const signal of signals) process.removeListener(signal, interrupt);
  };
  const interrupt = (): void => {
    release();
    announce("Interrupted: stopping after a checkpoint. Once more to stop at once.");
    controller.abort(new CliError("interrupted", "interrupted"));
  };
  for (const signal of signals) process.on(signal, interrupt);
  return { signal: controller.signal, release };
}
