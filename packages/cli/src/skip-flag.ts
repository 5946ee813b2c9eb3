import type { Command } from "commander";
import { CliError } from "./error.ts";

export const skipHelp = "pass over lines that can't be read, instead of ending at the first; at the end, say how many, and why";

/** Adds `--skip-bad-lines` and `--no-skip-bad-lines`. */
export function addSkipFlag(command: Command): Command {
  return command
    .option("--skip-bad-lines", skipHelp)
    .option("--no-skip-bad-lines", "not so, where the configuration file says skipBadLines");
}

/** @throws CliError `usage` for what is neither true nor false; a configuration file may hold anything. */
export function checkSkip(skipBadLines: unknown = false): boolean {
  if (typeof skipBadLines === "boolean") return skipBadLines;
  throw new CliError("usage", `skipBadLines is ${JSON.stringify(skipBadLines)}: give true or false`);
}
