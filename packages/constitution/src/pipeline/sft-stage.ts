import { join } from "node:path";
import { SFTTrainer } from "@cai/sft";
import { disposing } from "@cai/training";
import { ConstitutionError } from "../error.ts";
import { readJsonLines } from "../json-lines.ts";
import { adapterOf, type PreparedPipeline } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";
import { runOptionsOf } from "./train-stage.ts";

/** The policy learns the revisions that passed the gate. */
export function sftStage(pipeline: PreparedPipeline): PipelineStage {
  const { config, out, policySha256, parts, prompts } = pipeline;
  const options = config.sft || {};
  const adapter = adapterOf(config);
  return {
    name: "sft",
    work: 3 * prompts.length * config.maxNewTokens * Number(options.epochs ?? 1),
    inputs: (products) => ({
      policy: policySha256,
      adapter: { ...adapter },
      options,
      seed: config.seed,
      revisions: products.get("revise")!.files,
    }),
    run: (context) =>
      disposing(async (own) => {
        const rows = await readJsonLines(join(out, "revise", "examples.jsonl"));
        if (rows.length === 0)
          throw new ConstitutionError(
            "no-data",
            'no revision passed the gate (revise/report.json says why): set "sft" to false, or let another model revise ("feedback")',
          );
        const policy = own(await parts.openPolicy(config.policy, adapter));
        const trainer = own(await SFTTrainer.create({ policy, ...options, seed: config.seed }));
        const { steps } = await trainer.train(rows, await runOptionsOf(context, () => trainer.totalSteps));
        return { paths: ["final"], summary: { examples: rows.length, steps: steps.length, loss: steps.at(-1)!.metrics.loss! } };
      }),
  };
}
