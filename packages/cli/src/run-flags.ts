import type { Command } from "commander";
import { addGroup, helpGroups } from "./help-groups.ts";

/** How a command that trains treats its folder, and what it prints. */
export interface RunFlags {
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly allowChanges: boolean;
  readonly json: boolean;
}

export const allowChangesHelp = "with --resume: go on although options, or what computes, differ from what the run was made with";

/** Adds `--resume`, `--overwrite`, `--allow-changes` and `--json`. */
export function addRunFlags(command: Command): Command {
  return addGroup(command, helpGroups.run, (grouped) =>
    grouped
      .option("--resume", "go on with the run in --out from its newest checkpoint, or from step 1 where it was stopped before the first")
      .option("--overwrite", "start over where --out holds a run; what that left is removed once the first step is complete")
      .option("--allow-changes", allowChangesHelp)
      .option("--json", "print a line of JSON for each step"),
  );
}

/** Those flags, of all that commander gives. */
export function runFlags({ resume, overwrite, allowChanges, json }: Readonly<Record<string, unknown>>): RunFlags {
  return { resume: resume === true, overwrite: overwrite === true, allowChanges: allowChanges === true, json: json === true };
}
