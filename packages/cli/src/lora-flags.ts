import type { Command } from "commander";
import { addGroup, helpGroups } from "./help-groups.ts";
import { parseNumber } from "./option-flags.ts";

/** Adds `--lora`, `--lora-alpha` and `--lora-targets`. */
export function addLoraFlags(command: Command): Command {
  return addGroup(command, helpGroups.policy, (grouped) =>
    grouped
      .option(
        "--lora <R>",
        "train a LoRA adapter of this rank instead of the policy's own weights (learning rates of about 1e-4 suit it)",
        parseNumber,
      )
      .option("--lora-alpha <A>", "the adapter's update is scaled by A / R (default: 2 R)", parseNumber)
      .option(
        "--lora-targets <names>",
        'linear layers that it adapts: names as in "q_proj,v_proj", a regular expression, or all-linear (default)',
      ),
  );
}
