import { Command } from "commander";
import { addHyperparameterFlags } from "../hyperparameter-flags.ts";
import { addLoraFlags } from "../lora-flags.ts";
import { addRecomputeFlag } from "../recompute-flag.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { addRolloutFlag } from "../rollout-engine.ts";
import { runTraining } from "../run-training.ts";
import { resolveTrainSettings } from "../train-settings.ts";

/** `cai train`: PPO on a policy, with everything that can be set. */
export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a policy by PPO against a reward model")
    .option("--policy <P>", policyForms)
    .option("--reward <R>", rewardForms)
    .option(
      "--prompts <F>",
      'JSONL ({"prompt": …}, TRL\'s formats, conversations with their "tools" and "chat_template_kwargs") or plain text, a line each; - is standard input',
    )
    .option("--out <DIR>", "the run's folder: metrics, samples, checkpoints, the final policy")
    .option("--eval-prompts <F>", "held-out prompts, answered every --evaluate-every steps (then 10 by default)")
    .option("--config <F>", 'a JSON file with any of these options, named as in "learningRate"; flags win')
    .option("--resume", "go on from the newest checkpoint in --out; without one, start over")
    .option("--json", "print a line of JSON for each step");
  return addHyperparameterFlags(addRecomputeFlag(addRolloutFlag(addLoraFlags(addRewardFlags(command))))).action(
    async (flags: Record<string, unknown>) => {
      const { resume = false, json = false } = flags as { resume?: boolean; json?: boolean };
      await runTraining(await resolveTrainSettings(flags), { resume, json });
    },
  );
}
