import { labellerNames, pairKinds } from "@cai/constitution";
import { promptFormats } from "@cai/feedback";
import { Command, Option } from "commander";
import { addFeedbackFlags } from "../feedback-flags.ts";
import { addLabelWorkersFlags } from "../label-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { preferOptions, resolvePrefer } from "../prefer-settings.ts";
import { promptForms } from "../read-prompts.ts";
import { policyForms } from "../resolve-policy.ts";
import { runPrefer } from "../run-prefer.ts";
import { addSkipFlag } from "../skip-flag.ts";

/** `cai prefer`: pairs of answers, labelled by a model, with everything that can be set. */
export function preferCommand(): Command {
  const command = new Command("prefer")
    .description("make preferences: pairs of a policy's answers, labelled by a model that judges them by a constitution")
    .option("--policy <P>", `writes the answers: ${policyForms}`)
    .option("--constitution <C>", "a constitution, JSON or YAML, or default (default: default)")
    .option("--prompts <F>", promptForms)
    .addOption(new Option("--labeller <name>", "how pairs are labelled").choices(labellerNames))
    .option("--out <F>", "JSONL of {prompt, chosen, rejected, probability, …}; beside it all pairs with their labels")
    .addOption(new Option("--pairs <kind>", "what is compared (default: what --labeller and --revisions ask for)").choices(pairKinds))
    .option("--revisions <F>", "revisions against originals: a file that cai revise wrote")
    .addOption(
      new Option("--format <name>", "how the policy is asked, and the rows are written (default: as suits it)").choices(promptFormats),
    )
    .option("--config <F>", 'a JSON or YAML file with any of these options, named as in "maxNewTokens"; flags win')
    .option("--resume", "go on with the batches that --out has")
    .option("--json", "print the report as a line of JSON");
  return addOptionFlags(
    addLabelWorkersFlags(addSkipFlag(addFeedbackFlags(command)), "judge, and write the answers where the policy judges"),
    preferOptions,
    { heading: "Options of pairs and labels:" },
  ).action(async (flags: Record<string, unknown>) => {
    const { resume = false, json = false } = flags as { resume?: boolean; json?: boolean };
    await runPrefer(await resolvePrefer(flags), { resume, json });
  });
}
