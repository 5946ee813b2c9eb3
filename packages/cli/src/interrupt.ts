import { CliError } from "./error.ts";

/**
 * Turns the first Ctrl-C (SIGINT, or SIGTERM) into an abort, so that a run can write a checkpoint; the second one ends the process as
 * if nobody had listened.
 */
export function abortOnInterrupt(announce: (line: string) => void): { readonly signal: AbortSignal; release(): void } {
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
