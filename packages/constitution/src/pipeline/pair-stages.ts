import { join } from "node:path";
import type { CausalPolicy } from "@cai/policy";
import { DPOTrainer, type PairEvaluation, type PreferencePair, RewardTrainer } from "@cai/preference";
import { disposing, type Json } from "@cai/training";
import { ConstitutionError } from "../error.ts";
import { readJsonLines } from "../json-lines.ts";
import { adapterOf, type PreparedPipeline, startPolicy, startPolicyHashes } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";
import { runOptionsOf } from "./train-stage.ts";

/** A reward model learns the preferences, and is written for ONNX Runtime. */
export function rewardStage(pipeline: PreparedPipeline): PipelineStage {
  const options = { ...pipeline.config.reward, seed: pipeline.config.seed };
  const create = (policy: CausalPolicy) => RewardTrainer.create({ policy, ...options });
  return pairStage(pipeline, { name: "reward", options, create });
}

/** The policy learns the preferences directly. */
export function dpoStage(pipeline: PreparedPipeline): PipelineStage {
  const options = { ...pipeline.config.dpo, seed: pipeline.config.seed };
  const create = (policy: CausalPolicy) => DPOTrainer.create({ policy, ...options });
  return pairStage(pipeline, { name: "rl", options, create });
}

function pairStage(
  pipeline: PreparedPipeline,
  {
    name,
    options,
    create,
  }: {
    readonly name: string;
    readonly options: { readonly epochs?: unknown; readonly [name: string]: unknown };
    readonly create: (policy: CausalPolicy) => Promise<RewardTrainer | DPOTrainer>;
  },
): PipelineStage {
  const { config, out, parts, prompts } = pipeline;
  const adapter = adapterOf(config);
  return {
    name,
    work: 6 * prompts.length * config.prefer.pairsPerPrompt * config.maxNewTokens * Number(options.epochs ?? 3),
    inputs: (products) => ({
      trains: name,
      policy: startPolicyHashes(pipeline, products),
      adapter: { ...adapter },
      options: options as Json,
      preferences: products.get("prefer")!.files,
    }),
    run: (context) =>
      disposing(async (own) => {
        const pairs = await readJsonLines<PreferencePair>(join(out, "prefer", "learned.jsonl"));
        const heldOut = await readJsonLines<PreferencePair>(join(out, "prefer", "held-out.jsonl"));
        if (pairs.length === 0)
          throw new ConstitutionError(
            "no-data",
            "the labeller preferred no answer (prefer/report.json says why): there is nothing to learn",
          );
        const policy = own(await parts.openPolicy(startPolicy(pipeline, context.products), adapter));
        const trainer = own(await create(policy));
        const { steps } = await trainer.train(pairs, await runOptionsOf(context, () => trainer.totalSteps));
        const signal = context.signal && { signal: context.signal };
        const evaluation: PairEvaluation | undefined = heldOut.length === 0 ? undefined : await trainer.evaluate(heldOut, { ...signal });
        const accuracy = evaluation?.accuracy ?? null;
        return { paths: ["final"], summary: { pairs: pairs.length, steps: steps.length, heldOutPairs: heldOut.length, accuracy } };
      }),
  };
}
