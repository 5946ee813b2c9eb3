import { comparisonOptions } from "@cai/evaluation";
import { Command } from "commander";
import { evaluatePolicies } from "../evaluate-policies.ts";
import { addJudgeFlags, judgeForms } from "../judge-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { skipHelp } from "../skip-flag.ts";

/** `cai eval`: how one policy does against another. */
export function evalCommand(): Command {
  const command = new Command("eval")
    .description("hold a policy against another on held-out prompts: win rate, length-controlled too, KL, and best-of-n beside it")
    .requiredOption("--policy <P>", policyForms)
    .requiredOption("--against <Q>", "the base: the policy before training, or another; the same forms")
    .requiredOption("--prompts <F>", "held-out prompts: JSONL, plain text, a line each, or Parquet; - is standard input")
    .requiredOption("--judge <R>", judgeForms)
    .option("--reward <R2>", `the reward that was trained on, to stand beside the judge: ${rewardForms}`)
    .option("--out <DIR>", "a new folder for eval.json, samples.jsonl and index.html, a page with all answers side by side")
    .option("--skip-bad-lines", skipHelp)
    .option("--json", "print one JSON object: every figure");
  addRewardFlags(addJudgeFlags(command));
  return addOptionFlags(command, comparisonOptions, { heading: "Options of the comparison:" }).action(evaluatePolicies);
}
