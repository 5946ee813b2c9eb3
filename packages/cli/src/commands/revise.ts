import { promptFormats } from "@cai/feedback";
import { Command, Option } from "commander";
import { addFeedbackFlags } from "../feedback-flags.ts";
import { addLabelWorkersFlags } from "../label-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { promptForms } from "../read-prompts.ts";
import { policyForms } from "../resolve-policy.ts";
import { resolveRevise, reviseOptions } from "../revise-settings.ts";
import { runRevise } from "../run-revise.ts";
import { addSkipFlag } from "../skip-flag.ts";

/** `cai revise`: critiques and revisions of a policy's answers, with everything that can be set. */
export function reviseCommand(): Command {
  const command = new Command("revise")
    .description("write answers, critiques and revisions by a constitution's principles; a gate says which revisions to train on")
    .option("--policy <P>", `writes the answers: ${policyForms}`)
    .option("--constitution <C>", "a constitution, JSON or YAML, or default (default: default)")
    .option("--prompts <F>", promptForms)
    .option("--out <F>", "JSONL with every intermediate; beside it the report, examples for cai sft and pairs for cai dpo")
    .addOption(
      new Option("--format <name>", "how the policy is asked, and the rows are written (default: as suits it)").choices(promptFormats),
    )
    .option("--config <F>", 'a JSON or YAML file with any of these options, named as in "maxNewTokens"; flags win')
    .option("--resume", "go on with the batches that --out has")
    .option("--json", "print the report as a line of JSON");
  return addOptionFlags(
    addLabelWorkersFlags(
      addFeedbackFlags(addSkipFlag(command), "criticises, revises and judges"),
      "criticise, revise and judge, and write the answers where the policy does all that",
    ),
    reviseOptions,
    {
      heading: "Options of revisions:",
    },
  ).action(async (flags: Record<string, unknown>) => {
    const { resume = false, json = false } = flags as { resume?: boolean; json?: boolean };
    await runRevise(await resolveRevise(flags), { resume, json });
  });
}
