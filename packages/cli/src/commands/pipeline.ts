import { Command, Option } from "commander";
import { addLabelWorkersFlags, type LabelWorkersFlags, resolvePipelineWorkers } from "../label-flags.ts";
import { addOptionFlags } from "../option-flags.ts";
import { type PipelineFlags, pipelineOptions, resolvePipeline } from "../pipeline-settings.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { allowChangesHelp, type RunFlags } from "../run-flags.ts";
import { runPipelineCommand } from "../run-pipeline.ts";
import { skipHelp } from "../skip-flag.ts";

/** `cai pipeline`: Constitutional AI from a policy to an aligned one, and the evidence for it. */
export function pipelineCommand(): Command {
  const command = new Command("pipeline")
    .description(
      "Constitutional AI in one command: revise the policy's answers, fine-tune on the revisions, make preferences, train a reward on them, reinforce (or DPO on the preferences), compare with the policy as it was, and audit",
    )
    .option(
      "--config <F>",
      "what to run, JSON or YAML: models, constitution, prompts, judge, options of each stage; docs/constitutional-ai.md lists the keys, docs/examples/constitutional-ai/ has some",
    )
    .option("--resume", "go on in the run's folder where it was stopped; stages whose inputs are unchanged are not run again")
    .option("--allow-changes", allowChangesHelp)
    .option("--skip-bad-lines", skipHelp)
    .option("--json", "print one line of JSON at the end: the figures of the evaluation, and the seconds of each stage");
  const heading = "Instead of what the file says:";
  for (const [flag, describe] of [
    ["--out <DIR>", "the run's folder; each stage has a folder below it"],
    ["--policy <P>", `what is trained: ${policyForms}`],
    ["--judge <R>", `scores answers in the evaluation, and nowhere else: ${rewardForms}`],
  ] as const)
    command.addOption(new Option(flag, describe).helpGroup(heading));
  addLabelWorkersFlags(command, "answer what the file's feedback model is asked");
  return addOptionFlags(command, pipelineOptions, { heading, defaults: "default: the file's" }).action(
    async (flags: PipelineFlags & Partial<RunFlags> & LabelWorkersFlags & { readonly skipBadLines?: boolean }) => {
      const { resume = false, allowChanges = false, json = false, skipBadLines = false, workers, rowsPerJob, ...given } = flags;
      const settings = await resolvePipeline(given);
      const asking = resolvePipelineWorkers({ workers, rowsPerJob }, settings.config);
      await runPipelineCommand(settings, { resume, allowChanges, json, skipBadLines, ...asking });
    },
  );
}
