import { join } from "node:path";
import { algorithms } from "@cai/trainer";
import { disposing, type Json } from "@cai/training";
import { adapterOf, type PreparedPipeline, startPolicy, startPolicyHashes } from "./prepared-pipeline.ts";
import type { PipelineStage } from "./stage.ts";
import { runOptionsOf } from "./train-stage.ts";

/** The policy learns from its own answers, scored by the reward model in ONNX Runtime. */
export function onPolicyStage(pipeline: PreparedPipeline, algorithm: "ppo" | "grpo"): PipelineStage {
  const { config, out, parts, prompts, format } = pipeline;
  const adapter = adapterOf(config);
  const { maxNewTokens, temperature, seed } = config;
  const options = { maxNewTokens, temperature, stopTexts: format.stopTexts, ...config[algorithm], seed };
  const { steps, batchSize, ...others } = algorithms[algorithm].resolve(options);
  const answersPerPrompt = "numGenerations" in others ? others.numGenerations : 1;
  const asked = prompts.map((prompt) => format.promptOf(prompt));
  return {
    name: "rl",
    work: 8 * steps * batchSize * answersPerPrompt * maxNewTokens,
    inputs: (products) => ({
      algorithm,
      policy: startPolicyHashes(pipeline, products),
      adapter: { ...adapter },
      options,
      prompts: asked as unknown as Json,
      reward: products.get("reward")!.files,
    }),
    run: (context) =>
      disposing(async (own) => {
        const policy = own(await parts.openPolicy(startPolicy(pipeline, context.products), adapter));
        const rewardModel = own(await parts.openReward(join(out, "reward", "final")));
        const trainer = own(await algorithms[algorithm].create({ policy, rewardModel, ...options }));
        const { steps } = await trainer.train(asked, await runOptionsOf(context, () => trainer.totalSteps));
        const metrics = Object.entries(steps.at(-1)!.metrics).filter(([name]) => !/^(time\/|tokens_per_second)/.test(name));
        return { paths: ["final"], summary: { algorithm, steps: steps.length, metrics: Object.fromEntries(metrics) } };
      }),
  };
}
