import { Command, Option } from "commander";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { addRolloutFlag } from "../rollout-engine.ts";
import { runWorker } from "../run-worker.ts";
import { addWeightsFlags, readCount, redisFlag } from "../worker-flags.ts";

/** `cai worker`: draws and scores for runs elsewhere. */
export function workerCommand(): Command {
  const command = new Command("worker")
    .description("draw responses and score them for runs elsewhere, which cai train --workers starts")
    .addOption(redisFlag())
    .option("--roles <roles>", "what it does: rollout, score, or both with a comma", "rollout")
    .option("--policy <P>", `what the run trains: ${policyForms}`)
    .option("--reward <R>", `with the role score: ${rewardForms}`)
    .addOption(new Option("--threads <N>", "threads of native TensorFlow (default: one a core)").argParser(readCount))
    .option("--ready-file <F>", "a file that is there, and touched every few seconds, while it can take jobs: for a readiness probe")
    .option("--json", "print one JSON object once it takes jobs");
  return addRolloutFlag(addRewardFlags(addWeightsFlags(command))).action(runWorker);
}
