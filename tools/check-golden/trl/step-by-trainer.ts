import type { Generator } from "@cai/contracts";
import { PPOTrainer } from "@cai/trainer";
import { floats, padded } from "../golden-json.ts";
import { disposeModels, loadModels, logprobsAndValues, type NamedNumbers, readParameters } from "../ppo-step/models.ts";
import { estimatorNamed } from "./compute-rewards.ts";
import type { TrlStep } from "./step-file.ts";
import { loadOverridden } from "./step-run.ts";

/** The same step by one `PPOTrainer.trainStep`, to which the recorded responses and scores are handed. */
export async function runTrainerStep(
  directory: string,
  { inputs, params }: TrlStep,
): Promise<{ metrics: Readonly<Record<string, number>>; parametersAfter: ReadonlyMap<string, NamedNumbers> }> {
  const models = await loadModels(directory, inputs.valueHead);
  const original = await loadOverridden(directory, inputs.refOverrides);
  const reference = original.createReference();
  const [adamBeta1, adamBeta2] = params.adamBetas;
  const trainer = await PPOTrainer.create({
    ...models,
    reference,
    generator: recordedResponses(),
    rewardModel: async () => floats(inputs.scores),
    batchSize: inputs.queries.length,
    maxNewTokens: Math.max(...inputs.responses.map(({ length }) => length)),
    steps: 1,
    epochs: params.ppoEpochs,
    learningRate: params.lr,
    adamBeta1,
    adamBeta2,
    adamEpsilon: params.adamEps,
    weightDecay: 0,
    maxGradNorm: Number.MAX_VALUE,
    gamma: params.gamma,
    lambda: params.lambda,
    clipRange: params.cliprange,
    valueClipRange: params.clipRangeValue,
    valueLossCoef: params.vfCoef,
    klEstimator: estimatorNamed(params.klPenalty),
    klController: "adaptive",
    klCoef: params.initKlCoef,
    klTarget: params.target,
    klHorizon: params.horizon,
    rewardWhitening: params.whitenRewards,
  });
  try {
    const { metrics } = await trainer.trainStep(inputs.queries.map((query) => Int32Array.from(query)));
    return { metrics, parametersAfter: await readParameters(models) };
  } finally {
    trainer.dispose();
    reference.dispose();
    original.dispose();
    disposeModels(models);
  }

  /** Behaviour and policy are the same, so that every importance weight is 1. */
  function recordedResponses(): Generator {
    return {
      async generate(prompts) {
        const responses = padded(inputs.responses, "right");
        const { logprobs: behaviourLogprobs } = await logprobsAndValues(models, { prompts, responses });
        return { responses, behaviourLogprobs, finishReasons: inputs.responses.map(() => "length" as const) };
      },
    };
  }
}
