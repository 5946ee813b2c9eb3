import { Command, Option } from "commander";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { addRolloutFlag } from "../rollout-engine.ts";
import { runWorker } from "../run-worker.ts";
import { readCount, redisFlag } from "../worker-flags.ts";

/** `cai worker`: draws and scores for runs elsewhere. */
export function workerCommand(): Command {
  const command = new Command("worker")
    .description("draw responses and score them for runs elsewhere, which cai train --workers starts")
    .addOption(redisFlag())
    .option("--roles <roles>", "what it does: rollout, score, or both with a comma", "rollout")
    .option("--policy <P>", `what the run trains: ${policyForms}`)
    .option("--reward <R>", `with the role score: ${rewardForms}`)
    .option("--weights-folder <DIR>", "the folder of weights, where the run has one")
    .addOption(new Option("--threads <N>", "threads of native TensorFlow (default: one a core)").argParser(readCount))
    .option("--json", "print one JSON object once it takes jobs");
  return addRolloutFlag(addRewardFlags(command)).action(runWorker);
}
