import { outliveClosedPipes } from "./closed-pipes.ts";
import { CliError } from "./error.ts";
import { exitCodeAfter, onFirstSignal } from "./first-signal.ts";
import { endProcess, onStrayEnd } from "./stray-ends.ts";
import { printError } from "./visible.ts";

/**
 * Does work that something else may end early, by its signal: a first Ctrl-C (or another signal to end), an error that is nobody's, a module that
 * would end the process or never answers. What is written to a pipe that nobody reads any more is lost, and the work goes on.
 *
 * @param announce tells that a signal was heard.
 * @param ended where the work stands when it has ended so, and what to do: "after 3 steps: …", without a full stop.
 * @throws CliError `interrupted`, `stray`; what the work throws
 */
export async function interruptible<Result>(
  { announce, ended }: { readonly announce: (line: string) => void; readonly ended: () => string },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const { signal } = controller;
  const releases = [
    outliveClosedPipes(),
    onFirstSignal((name) => {
      announce("Interrupted: stopping after a checkpoint. Once more to stop at once.");
      controller.abort(new CliError("interrupted", "interrupted", { cause: name }));
    }),
    onStrayEnd(({ what, cause }) => controller.abort(new CliError("stray", what, { cause }))),
  ];
  try {
    return await work(signal);
  } catch (thrown) {
    if (!signal.aborted || thrown !== signal.reason) throw thrown;
    const { code, message, cause } = thrown as CliError;
    if (code === "interrupted") throw new CliError("interrupted", `Interrupted ${ended()}.`, { cause });
    throw new CliError("stray", `${message}. Stopped ${ended()}`, { cause });
  } finally {
    for (const release of releases) release();
  }
}

/** Until a run begins there is nothing to keep: a signal ends the process at once, with a line. Until it is disposed of. */
export function endedBySignal(): { dispose(): void } {
  const dispose = onFirstSignal((signal) => {
    printError("Interrupted before the first step began: nothing was written.\n");
    endProcess(exitCodeAfter(signal));
  });
  return { dispose };
}
