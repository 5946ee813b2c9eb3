import { type Algorithm, algorithms } from "@cai/trainer";
import { Command, Option } from "commander";
import { groupOf } from "../help-groups.ts";
import { addLoraFlags } from "../lora-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { addRecomputeFlag } from "../recompute-flag.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { addRolloutFlag } from "../rollout-engine.ts";
import { addRunFlags, runFlags } from "../run-flags.ts";
import { runTraining } from "../run-training.ts";
import { addSkipFlag } from "../skip-flag.ts";
import { resolveTrainSettings } from "../train-settings.ts";
import { addWorkersFlags } from "../worker-flags.ts";

/** `cai train`: a policy against a reward, by any on-policy algorithm, with everything that can be set. */
export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a policy against a reward model: by PPO, GRPO, RLOO or REINFORCE++")
    .option("--policy <P>", policyForms)
    .option("--reward <R>", rewardForms)
    .option(
      "--prompts <F>",
      'JSONL ({"prompt": …}, TRL\'s formats, conversations with their "tools" and "chat_template_kwargs"), plain text, a line each, or Parquet; - is standard input, demo what cai demo trains with',
    )
    .option("--out <DIR>", "the run's folder: metrics, samples, checkpoints, the final policy")
    .addOption(new Option("--algorithm <name>", "how it is trained (default: ppo)").choices(Object.keys(algorithms)))
    .option("--eval-prompts <F>", "held-out prompts, answered every --evaluate-every steps (then 10 by default); demo: those of cai demo")
    .option("--config <F>", 'a JSON or YAML file with any of these options, named as in "learningRate"; flags win');
  addWorkersFlags(addSkipFlag(addRecomputeFlag(addRolloutFlag(addLoraFlags(addRewardFlags(addRunFlags(command)))))));
  return addAlgorithmFlags(command).action(async (flags: Record<string, unknown>) => {
    await runTraining(await resolveTrainSettings(flags), runFlags(flags));
  });
}

/** The options that all algorithms have, and below them those of some; with each its default, by algorithm where they differ. */
function addAlgorithmFlags(command: Command): Command {
  const all = Object.entries<Algorithm>(algorithms);
  const ownersOf = (name: string) => all.filter(([, { table }]) => Object.hasOwn(table, name));
  const names = [...new Set(all.flatMap(([, { table }]) => Object.keys(table)))];
  const place = (name: string) => (groupOf(name) !== undefined ? 0 : all.length + 1 - ownersOf(name).length);
  for (const name of names.toSorted((a, b) => place(a) - place(b))) {
    const owners = ownersOf(name);
    const [[first, { table }]] = owners as [(typeof owners)[0]];
    const spec = table[name]!;
    const others = owners.filter(([, { table }]) => table[name]!.default !== spec.default);
    const differing = others.map(([algorithm, { table }]) => `, ${algorithm}: ${table[name]!.default}`).join("");
    const heading = owners.length === all.length ? "Of every algorithm:" : `Of ${owners.map(([algorithm]) => algorithm).join(", ")}:`;
    addOptionFlags(command, { [name]: spec }, { heading, trainer: true, defaults: differing && `${first}: ${spec.default}${differing}` });
  }
  return command;
}
