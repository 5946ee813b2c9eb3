import { Command } from "commander";
import { addOptionFlags } from "../option-flags.ts";
import { type PipelineFlags, pipelineOptions, resolvePipeline } from "../pipeline-settings.ts";
import { policyForms } from "../resolve-policy.ts";
import { rewardForms } from "../resolve-reward.ts";
import { runPipelineCommand } from "../run-pipeline.ts";

/** `cai pipeline`: Constitutional AI from a policy to an aligned one, and the evidence for it. */
export function pipelineCommand(): Command {
  const command = new Command("pipeline")
    .description("Constitutional AI, all stages: revise, fine-tune, prefer, reward, reinforce, evaluate")
    .option(
      "--config <F>",
      "JSON or YAML: models, constitution, prompts, judge, options of each stage; docs/constitutional-ai.md lists them",
    )
    .option("--out <DIR>", "the run's folder, a folder below it for each stage (default: the file's \"out\")")
    .option("--resume", "go on where it was stopped; stages whose inputs are unchanged are not run again")
    .option("--json", "print one line of JSON at the end");
  command
    .option("--policy <P>", `what is trained: ${policyForms}`)
    .option("--judge <R>", `scores answers in the evaluation, and nowhere else: ${rewardForms}`);
  return addOptionFlags(command, pipelineOptions, { heading: "Over the file:", defaults: "default: the file's" }).action(
    async (flags: PipelineFlags & { readonly resume?: boolean; readonly json?: boolean }) => {
      const { resume = false, json = false, ...given } = flags;
      await runPipelineCommand(await resolvePipeline(given), { resume, json });
    },
  );
}
