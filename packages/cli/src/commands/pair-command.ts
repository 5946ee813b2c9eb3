import { Command } from "commander";
import { addLoraFlags } from "../lora-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { addRecomputeFlag } from "../recompute-flag.ts";
import { policyForms } from "../resolve-policy.ts";
import { addRunFlags } from "../run-flags.ts";
import { addSkipFlag } from "../skip-flag.ts";

/** What the commands share that train on pairs. */
export function pairCommand({
  name,
  description,
  final,
  options,
}: {
  readonly name: string;
  readonly description: string;
  /** What the run's folder holds at the end. */
  readonly final: string;
  /** A trainer's options, each of which has a flag. */
  readonly options: object;
}): Command {
  const command = new Command(name)
    .description(description)
    .option("--policy <P>", policyForms)
    .option(
      "--data <F>",
      'JSONL or Parquet: {"prompt": …, "chosen": …, "rejected": …} with text or conversations, the prompt also as what both answers begin ' +
        'with; "margin", "probability", "tools" and "chat_template_kwargs" where there are; or {"prompt": …, "completion": …, "label": …}; ' +
        "- is standard input",
    )
    .option("--out <DIR>", `the run's folder: metrics, checkpoints, ${final}`)
    .option("--eval-data <F>", "held-out pairs, gone over every --evaluate-every steps (then 10 by default)")
    .option("--config <F>", 'a JSON or YAML file with any of these options, named as in "learningRate"; flags win');
  return addOptionFlags(addSkipFlag(addRecomputeFlag(addLoraFlags(addRunFlags(command)))), options, {
    heading: "The loss:",
    trainer: true,
  });
}
