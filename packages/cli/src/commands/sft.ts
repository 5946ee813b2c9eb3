import { sftOptions } from "@cai/sft";
import { Command } from "commander";
import { addLoraFlags } from "../lora-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { addRecomputeFlag } from "../recompute-flag.ts";
import { policyForms } from "../resolve-policy.ts";
import { addRunFlags, runFlags } from "../run-flags.ts";
import { runSft } from "../run-sft.ts";
import { resolveSftCommand } from "../sft-settings.ts";
import { addSkipFlag } from "../skip-flag.ts";

/** `cai sft`: a policy on examples, with everything that can be set. */
export function sftCommand(): Command {
  const command = new Command("sft")
    .description("fine-tune a policy on examples: texts, prompts with their completions, conversations")
    .option("--policy <P>", policyForms)
    .option(
      "--data <F>",
      'JSONL ({"prompt": …, "completion": …} with text or conversations, {"messages": …}, {"text": …}; with "tools" and ' +
        '"chat_template_kwargs"), plain text, a line each, or Parquet; - is standard input',
    )
    .option("--out <DIR>", "the run's folder: metrics, checkpoints, the final policy")
    .option("--eval-data <F>", "held-out data, gone over every --evaluate-every steps (then 10 by default)")
    .option("--config <F>", 'a JSON or YAML file with any of these options, named as in "learningRate"; flags win');
  return addOptionFlags(addSkipFlag(addRecomputeFlag(addLoraFlags(addRunFlags(command)))), sftOptions, {
    heading: "Examples and loss:",
    trainer: true,
  }).action(async (flags: Record<string, unknown>) => {
    await runSft(await resolveSftCommand(flags), runFlags(flags));
  });
}
