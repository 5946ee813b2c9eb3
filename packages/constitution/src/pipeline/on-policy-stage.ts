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
  const options = { maxNewTokens, temperature, ...config[algorithm], seed };
  const { steps, batchSize } = algorithms[algorithm].resolve(options);
  const asked = prompts.map((prompt) => format.promptOf(prompt));
  return {
    name: "rl",
    work: 8 * steps * batchSize * maxNewTokens,
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
        const { steps } = await trainer.train(
          asked,
          runOptionsOf(context, () => trainer.totalSteps),
        );
        return { paths: ["final"], summary: { algorithm, steps: steps.length, metrics: { ...steps.at(-1)!.metrics } } };
      }),
  };
}
