import { promptFormats } from "@cai/feedback";
import { Command, Option } from "commander";
import { addFeedbackFlags } from "../feedback-flags.ts";
import { addGroup, helpGroups } from "../help-groups.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { addRewardFlags } from "../reward-flags.ts";
import { addRolloutFlag } from "../rollout-engine.ts";
import { runWorker } from "../run-worker.ts";
import { addWeightsFlags, readCount, redisFlag, workerRoles } from "../worker-flags.ts";

/** `cai worker`: draws, scores, labels and is a reference for runs elsewhere. */
export function workerCommand(): Command {
  const command = new Command("worker")
    .description(
      "draw responses, score them, answer an AI labeller's questions or be the reference, for commands elsewhere: cai train, prefer, revise and pipeline with --workers",
    )
    .addOption(redisFlag())
    .option("--roles <roles>", `what it does: ${workerRoles.join(", ")}, or several with commas`, "rollout")
    .option("--policy <P>", `what the run trains, as it was before; with the role label and no --feedback, what is asked: ${policyForms}`)
    .option("--reward <R>", `with the role score: ${rewardForms}`)
    .addOption(new Option("--threads <N>", "threads of native TensorFlow (default: one a core)").argParser(readCount))
    .option("--ready-file <F>", "a file that is there, and touched every few seconds, while it can take jobs: for a readiness probe")
    .option("--json", "print one JSON object once it takes jobs");
  addGroup(command, helpGroups.label, (grouped) =>
    addFeedbackFlags(grouped, "answers").addOption(
      new Option("--format <name>", "how --policy is asked, where it is that (default: as suits it)").choices(promptFormats),
    ),
  );
  return addRolloutFlag(addRewardFlags(addWeightsFlags(command))).action(runWorker);
}
