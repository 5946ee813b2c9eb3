import type { SequenceBatch } from "@cai/contracts";
import { maskedMean } from "@cai/gae";
import { adaptiveKlController, klSummary, shapeRewards, tokenKl } from "@cai/kl";
import { AdamW } from "@cai/optim";
import { loadPolicy } from "@cai/policy";
import { policyDiagnostics } from "@cai/ppo-loss";
import * as tf from "@tensorflow/tfjs-core";
import { bytes, floats, padded, shape2D } from "../golden-json.ts";
import { type Experience, type LossAndGradients, lossAndGradients } from "../ppo-step/loss-and-gradients.ts";
import { allParameters, disposeModels, loadModels, logprobsAndValues, type NamedNumbers, readParameters } from "../ppo-step/models.ts";
import { advantagesOf } from "./compute-advantages.ts";
import { estimatorNamed } from "./compute-rewards.ts";
import type { TrlStep } from "./step-file.ts";

type ArrayName = "logprobs" | "refLogprobs" | "values" | "nonScoreRewards" | "rewards" | "advantages" | "returns";

/** What each package gives for the step; arrays in TRL's layout. */
export interface TrlStepRun extends Readonly<Record<ArrayName, Float32Array>> {
  readonly mask: Uint8Array;
  readonly epochs: readonly TrlEpoch[];
  readonly klCoefAfter: number;
  readonly parametersAfter: ReadonlyMap<string, NamedNumbers>;
}

/** Before each update. */
interface TrlEpoch extends Pick<LossAndGradients, "policyLoss" | "valueLoss" | "totalLoss" | "entropy"> {
  readonly approxKl: number;
  readonly clipFraction: number;
  /** Mean of old − new log-probabilities. */
  readonly policyKl: number;
  readonly meanValue: number;
}

/** The step by the packages' own functions, in the order of the trainer's loop. */
export async function runTrlStep(directory: string, { inputs, params, expected }: TrlStep): Promise<TrlStepRun> {
  const batch: SequenceBatch = { prompts: padded(inputs.queries, "left"), responses: padded(inputs.responses, "right") };
  const [responseMask, trlMask] = [batch.responses.mask, bytes(expected.mask)];
  const toTrl = (numbers: Float32Array) => moved(numbers, responseMask, trlMask);
  const fromTrl = (numbers: Float32Array) => moved(numbers, trlMask, responseMask);

  const refLogprobs = toTrl(await referenceLogprobs(directory, inputs.refOverrides, batch));
  const models = await loadModels(directory, inputs.valueHead);
  const [beta1, beta2] = params.adamBetas;
  const optimizer = new AdamW({ parameters: allParameters(models), beta1, beta2, epsilon: params.adamEps });
  try {
    const old = await logprobsAndValues(models, batch);
    const [logprobs, values] = [toTrl(old.logprobs), toTrl(old.values)];
    const tokens = { mask: trlMask, shape: shape2D(expected.mask) };
    const kl = tokenKl({ logprobs, refLogprobs, mask: trlMask, estimator: estimatorNamed(params.klPenalty) });
    const { rewards, nonScoreRewards } = shapeRewards({ kl, scores: floats(inputs.scores), ...tokens, coefficient: params.initKlCoef });
    const { gamma, lambda, whitenRewards } = params;
    const { advantages, returns } = advantagesOf({ rewards, values, ...tokens, gamma, lambda, whitenRewards });

    const experience = {
      ...batch,
      oldLogprobs: old.logprobs,
      oldValues: old.values,
      advantages: fromTrl(advantages),
      returns: fromTrl(returns),
    };
    const options = { clip: params.cliprange, valueClip: params.clipRangeValue, valueCoef: params.vfCoef, temperature: 1 };
    const epochs: TrlEpoch[] = [];
    for (let epoch = 0; epoch < params.ppoEpochs; epoch++) {
      const pass = await lossAndGradients(models, experience, options);
      epochs.push({ ...pass, ...diagnose(pass, experience, params.cliprange) });
      optimizer.step({ gradients: pass.gradients, learningRate: params.lr });
      tf.dispose([...pass.gradients.values()]);
    }

    const controller = adaptiveKlController({ coefficient: params.initKlCoef, target: params.target, horizon: params.horizon });
    controller.update({ kl: klSummary({ kl, ...tokens }).perSequence, samples: inputs.queries.length });
    const parametersAfter = await readParameters(models);
    const arrays = { logprobs, refLogprobs, values, nonScoreRewards, rewards, advantages, returns };
    return { ...arrays, mask: trlMask, epochs, klCoefAfter: controller.coefficient, parametersAfter };
  } finally {
    optimizer.dispose();
    disposeModels(models);
  }
}

function diagnose({ logprobs: newLogprobs, values }: LossAndGradients, experience: Experience, clipLow: number) {
  const { oldLogprobs, advantages } = experience;
  const { mask } = experience.responses;
  const { approxKl, clipFraction } = policyDiagnostics({ newLogprobs, oldLogprobs, advantages, mask, clipLow });
  const policyKl = maskedMean({ x: tokenKl({ logprobs: oldLogprobs, refLogprobs: newLogprobs, mask }), mask });
  return { approxKl, clipFraction, policyKl, meanValue: maskedMean({ x: values, mask }) };
}

/** The policy of a folder with some weights replaced. */
export async function loadOverridden(directory: string, overrides: TrlStep["inputs"]["refOverrides"]) {
  const policy = await loadPolicy(directory);
  for (const [name, numbers] of Object.entries(overrides)) {
    const parameter = policy.parameters.get(name);
    if (parameter === undefined) throw new Error(`refOverrides names ${name}, which ${directory} does not have`);
    parameter.assign(tf.tensor(floats(numbers), [...parameter.shape]));
  }
  return policy;
}

async function referenceLogprobs(
  directory: string,
  overrides: TrlStep["inputs"]["refOverrides"],
  batch: SequenceBatch,
): Promise<Float32Array> {
  const policy = await loadOverridden(directory, overrides);
  const reference = policy.createReference();
  const logprobs = reference.logprobs(batch, { temperature: 1 });
  const numbers = await logprobs.data<"float32">();
  logprobs.dispose();
  reference.dispose();
  policy.dispose();
  return numbers;
}

/** The numbers at one mask's ones, in order, put to another mask's ones; 0 elsewhere. */
function moved(numbers: Float32Array, from: Uint8Array, to: Uint8Array): Float32Array {
  const valid = numbers.filter((_, i) => from[i] === 1);
  const places = [...to.keys()].filter((i) => to[i] === 1);
  if (valid.length !== places.length) throw new Error(`the responses have ${valid.length} tokens, the golden mask ${places.length}`);
  const result = new Float32Array(to.length);
  places.forEach((place, i) => {
    result[place] = valid[i]!;
  });
  return result;
}
