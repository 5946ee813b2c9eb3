import { Command } from "commander";
import { parseNumber } from "../option-flags.ts";
import { replayCommandRun } from "../replay-run.ts";

/** `cai replay`: proves a run by making it again. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("make a run again from its config.json and compare: every step's numbers, the samples, the final model")
    .argument("<DIR>", "the folder of a run of cai train, sft, dpo or reward-train; start where it was started")
    .option("--from <step>", "go on from the run's checkpoint of that step, instead of from the beginning", parseNumber)
    .option("--json", "print one JSON object")
    .action(replayCommandRun);
}
