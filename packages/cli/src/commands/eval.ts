import { comparisonOptions } from "@cai/evaluation";
import { promptFormats } from "@cai/feedback";
import { Command, Option } from "commander";
import { evaluatePolicies } from "../evaluate-policies.ts";
import { addJudgeFlags, judgeForms } from "../judge-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { heldOutPromptForms } from "../read-prompts.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { skipHelp } from "../skip-flag.ts";

/** `cai eval`: how one policy does against another. */
export function evalCommand(): Command {
  const command = new Command("eval")
    .description(
      "compare two policies on the same prompts: how often the judge finds --policy's answers better than --against's, at equal length too; how far it went from it (KL); and what the best of n answers of --against would have given",
    )
    .requiredOption("--policy <P>", `the one that is evaluated: ${policyForms}`)
    .requiredOption("--against <Q>", "the base that it is held against: the policy before training, or another; given as --policy is")
    .requiredOption("--prompts <F>", `prompts that nothing was trained on: ${heldOutPromptForms}`)
    .addOption(
      new Option(
        "--format <name>",
        "how both are asked: chat, by their templates; dialogue, as turns of Human and Assistant; continuation, texts go on as they are, as cai train reads them (default: chat where both have a template, dialogue where neither has)",
      ).choices(promptFormats),
    )
    .requiredOption("--judge <R>", judgeForms)
    .option("--reward <R2>", `the reward that the policy was trained on, whose scores then stand beside the judge's: ${rewardForms}`)
    .option("--out <DIR>", "a new folder for eval.json, samples.jsonl and index.html, a page with all answers side by side")
    .option("--skip-bad-lines", skipHelp)
    .option("--json", "print one JSON object: every figure");
  addRewardFlags(addJudgeFlags(command));
  return addOptionFlags(command, comparisonOptions, { heading: "Options of the comparison:" }).action(evaluatePolicies);
}
