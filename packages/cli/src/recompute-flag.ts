import type { Command } from "commander";
import { CliError } from "./error.ts";
import { addGroup, helpGroups } from "./help-groups.ts";

export const recomputeHelp =
  "keep only the input of each of the model's blocks for the backward pass, and compute the block again there: less memory, more time";

/** Adds `--recompute` and `--no-recompute`. */
export function addRecomputeFlag(command: Command): Command {
  return addGroup(command, helpGroups.policy, (grouped) =>
    grouped.option("--recompute", recomputeHelp).option("--no-recompute", "not so, where the configuration file says recompute"),
  );
}

/** @throws CliError `usage` for what is neither true nor false; a configuration file may hold anything. */
export function checkRecompute(recompute: unknown = false): boolean {
  if (typeof recompute === "boolean") return recompute;
  throw new CliError("usage", `recompute is ${JSON.stringify(recompute)}: give true or false`);
}
