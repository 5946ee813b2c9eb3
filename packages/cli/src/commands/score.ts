import { Command } from "commander";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { scoreFile } from "../score-file.ts";
import { skipHelp } from "../skip-flag.ts";

/** `cai score`: what a reward model gives for responses. */
export function scoreCommand(): Command {
  const command = new Command("score")
    .description("score responses with a reward model")
    .requiredOption("--reward <R>", rewardForms)
    .requiredOption("--input <F>", 'JSONL or Parquet of {"prompt": …, "response": …}; - is standard input')
    .option("--skip-bad-lines", skipHelp)
    .option("--json", 'print a line of JSON for each: {"score": …, "prompt": …, "response": …}');
  return addRewardFlags(command).action(scoreFile);
}
