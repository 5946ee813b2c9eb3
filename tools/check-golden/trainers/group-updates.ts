import type { Generator } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { GRPOTrainer, RLOOTrainer } from "@cai/trainer";
import type * as tf from "@tensorflow/tfjs-core";
import { padded } from "../golden-json.ts";
import { loadOverridden } from "../trl/step-run.ts";
import type { GroupUpdateCase } from "./group-file.ts";
import { grpoSettings, rlooSettings } from "./group-options.ts";
import type { TrainerRun } from "./update-cases.ts";
import { adamOptions } from "./update-file.ts";
import { watchUpdates } from "./watch-updates.ts";

export type GroupAlgorithm = "grpo" | "rloo";

/** One `trainStep` of the trainer, to which the recorded answers and rewards are handed. */
export async function runGroupUpdates(
  algorithm: GroupAlgorithm,
  directory: string,
  { inputs, params }: GroupUpdateCase,
): Promise<TrainerRun> {
  const policy = await loadPolicy(directory);
  const original = await loadOverridden(directory, inputs.refOverrides);
  const reference = original.createReference();
  const common = {
    policy,
    reference,
    generator: recordedAnswers(),
    rewardModel: () => Float32Array.from(inputs.rewards),
    batchSize: inputs.prompts.length,
    numGenerations: inputs.completions.length / inputs.prompts.length,
    steps: 1,
    ...adamOptions(params),
  };
  const trainer =
    algorithm === "rloo"
      ? await RLOOTrainer.create({ ...common, ...rlooSettings(params) })
      : await GRPOTrainer.create({ ...common, ...grpoSettings(params) });
  let metrics: TrainerRun["metrics"] = {};
  try {
    const updates = await watchUpdates([...policy.parameters.values()], async () => {
      ({ metrics } = await trainer.trainStep(inputs.prompts.map((prompt) => Int32Array.from(prompt))));
    });
    return { metrics, updates };
  } finally {
    trainer.dispose();
    reference.dispose();
    original.dispose();
    policy.dispose();
  }

  /** Without recorded log-probabilities of an engine, the engine is the policy itself, so that every importance weight is 1. */
  function recordedAnswers(): Generator {
    return {
      async generate(prompts, { temperature = 1 }) {
        const responses = padded(inputs.completions, "right");
        const [, columns] = responses.shape;
        const behaviourLogprobs = inputs.behaviour
          ? Float32Array.from(inputs.behaviour.flatMap((row) => [...row, ...Array<number>(columns - row.length).fill(0)]))
          : await read(policy.tokenLogprobs(policy.hiddenStates({ prompts, responses }), responses, { temperature }).logprobs);
        const finishReasons = inputs.completions.map((ids) => (ids.at(-1) === policy.tokenizer.eosTokenId ? ("eos" as const) : "length"));
        return { responses, behaviourLogprobs, finishReasons };
      },
    };
  }
}

async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const numbers = await tensor.data<"float32">();
  tensor.dispose();
  return numbers;
}
