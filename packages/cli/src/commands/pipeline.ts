import { Command } from "commander";
import { resolvePipeline } from "../pipeline-settings.ts";
import { runPipelineCommand } from "../run-pipeline.ts";

/** `cai pipeline`: Constitutional AI from a policy to an aligned one, and the evidence for it. */
export function pipelineCommand(): Command {
  return new Command("pipeline")
    .description("Constitutional AI, all stages: revise, fine-tune, prefer, reward, reinforce, evaluate")
    .option(
      "--config <F>",
      "JSON or YAML: models, constitution, prompts, judge, options of each stage; docs/constitutional-ai.md lists them",
    )
    .option("--out <DIR>", "the run's folder, a folder below it for each stage (default: the file's \"out\")")
    .option("--resume", "go on where it was stopped; stages whose inputs are unchanged are not run again")
    .option("--json", "print one line of JSON at the end")
    .action(async (flags: { readonly config?: string; readonly out?: string; readonly resume?: boolean; readonly json?: boolean }) => {
      const { resume = false, json = false, ...given } = flags;
      await runPipelineCommand(await resolvePipeline(given), { resume, json });
    });
}
