import { CaiError } from "@cai/contracts";
import { CommanderError } from "commander";
import { describeLoadError, isLoadError } from "../bin/load-error.mjs";
import { leaveOnClosedPipes, outliveClosedPipes } from "./closed-pipes.ts";
import { CliError } from "./error.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { described, endProcess, watchStrayEnds } from "./stray-ends.ts";
import { printError } from "./visible.ts";

/**
 * Runs the command line `argv` (as in `process.argv`) and ends the process: 0 done, 1 failed while running, 2 wrong use or input before
 * anything was written, 128 + n ended by signal n.
 */
export async function main(argv: readonly string[]): Promise<never> {
  process.noDeprecation = true; // of libraries: nobody who reads standard error can act on them
  leaveOnClosedPipes();
  watchStrayEnds();
  let exitCode = 0;
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    exitCode = exitCodeOf(error);
    // Commander has printed its own already.
    if (!(error instanceof CommanderError)) printError(`${describe(error, argv.includes("--verbose"))}\n`);
  }
  outliveClosedPipes(); // the code says how the command ended
  for (const stream of [process.stdout, process.stderr]) await new Promise<void>((flushed) => stream.write("", () => flushed()));
  return endProcess(exitCode); // native libraries may hold threads that would keep the process
}

function describe(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return `error: ${described(error)}`;
  if (CliError.isInstance(error) && error.code === "interrupted") return error.message;
  if (verbose) return error.stack ?? error.message;
  if (isLoadError(error)) return describeLoadError(error);
  return CaiError.isInstance(error) ? `error: ${error.message}` : `error: ${error.message} (--verbose shows where)`;
}
