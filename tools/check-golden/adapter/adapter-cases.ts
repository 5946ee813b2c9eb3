import { join } from "node:path";
import { type CausalPolicy, loadLora, loadPolicy, mergeLora } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { type CaseResult, check, type NamedCheck } from "../case.ts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { readJson } from "../golden-json.ts";
import { numbersOf } from "../gradient.ts";
import { sequenceBatch } from "../policy/expected.ts";
import { logitsCases } from "../policy/logits-cases.ts";
import { slice } from "../ppo-step/slice.ts";
import { tolerances } from "../tolerances.ts";
import type { ExpectedAdapter } from "./expected-adapter.ts";

/**
 * `expected.json` of a LoRA adapter in PEFT's layout: logits and log-probabilities with the adapter on, merged and off, merged weights,
 * and the adapter's gradients. The base model is the folder beside it that its configuration names.
 */
export async function* adapterCases(file: string, directory: string): AsyncGenerator<CaseResult> {
  const expected = await readJson<ExpectedAdapter>(join(directory, "expected.json"));
  const { base_model_name_or_path: baseName = "" } = await readJson<{ base_model_name_or_path?: string }>(
    join(directory, "adapter_config.json"),
  );
  const base = await loadPolicy(join(directory, "..", baseName));
  const policies: CausalPolicy[] = [base];
  try {
    const adapted = await loadLora(base, directory);
    policies.push(adapted);
    const merged = await mergeLora(adapted);
    policies.push(merged);
    const cases = [
      ...stateCases("adapter on", adapted, expected, expected.adapterOn),
      ...stateCases("merged", merged, expected, expected.merged),
      ...stateCases("adapter off", base, expected, expected.adapterOff),
      { name: "adapter off, log-probabilities of the reference", compute: () => compareReference(adapted, expected) },
      { name: "merged weights", compute: () => compareMergedWeights(merged, expected) },
      { name: "gradients of A and B", compute: () => compareGradients(adapted, expected) },
    ];
    for (const { name, compute } of cases) yield await check(file, name, compute);
  } finally {
    for (const policy of policies) policy.dispose();
  }
}

function stateCases(state: string, policy: CausalPolicy, batch: ExpectedAdapter, wanted: ExpectedAdapter["adapterOn"]): NamedCheck[] {
  return [
    ...logitsCases(policy, { ...batch, ...wanted }, tolerances.adapterLogits),
    {
      name: "log-probabilities",
      compute: () => [
        compareLogprobs(
          numbersOf(() => logprobsOf(policy, batch)),
          batch,
          wanted,
        ),
      ],
    },
  ].map(({ name, compute }) => ({ name: `${state}, ${name}`, compute }));
}

function compareReference(adapted: CausalPolicy, expected: ExpectedAdapter): Comparison[] {
  const reference = adapted.createReference();
  const numbers = numbersOf(() => reference.logprobs(sequenceBatch(expected), { temperature: 1 }));
  reference.dispose();
  return [compareLogprobs(numbers, expected, expected.adapterOff)];
}

function compareLogprobs(numbers: Float32Array, batch: ExpectedAdapter, { logprobs }: ExpectedAdapter["adapterOn"]): Comparison {
  return compareNumbers("logprobs", numbers, logprobs, tolerances.logprobs, sequenceBatch(batch).responses.mask);
}

function compareMergedWeights({ parameters }: CausalPolicy, { mergedWeights }: ExpectedAdapter): Comparison[] {
  return mergedWeights.map(({ name, index, values }) => {
    const parameter = parameters.get(name);
    if (parameter === undefined) throw new Error(`${name} is no weight of the policy`);
    const numbers = { shape: parameter.shape, data: parameter.value.dataSync<"float32">() };
    return compareNumbers(name, slice(numbers, index), values, tolerances.mergedWeights);
  });
}

function compareGradients(adapted: CausalPolicy, expected: ExpectedAdapter): Comparison[] {
  const { mask, shape } = sequenceBatch(expected).responses;
  const parameters = [...adapted.parameters.values()];
  const { value, grads } = tf.valueAndGrads(() => {
    const counted = tf.mul(logprobsOf(adapted, expected), tf.tensor2d(Float32Array.from(mask), [...shape]));
    return tf.div(
      tf.neg(tf.sum(counted)),
      mask.reduce((sum, one) => sum + one, 0),
    ) as tf.Scalar;
  })(parameters.map((parameter) => parameter.value));
  const gradients = new Map(parameters.map(({ name }, index) => [name, grads[index]!.dataSync()]));
  const comparisons = [compareNumbers("nll", value.dataSync(), expected.nll, tolerances.losses)];
  for (const { name, values } of expected.nllGradients) {
    const gradient = gradients.get(name);
    if (gradient === undefined) throw new Error(`${name} is no parameter of the adapter`);
    comparisons.push(compareNumbers(name, gradient, values, tolerances.gradients));
  }
  tf.dispose([value, ...grads]);
  return comparisons;
}

function logprobsOf(policy: CausalPolicy, expected: ExpectedAdapter): tf.Tensor {
  const batch = sequenceBatch(expected);
  return policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 }).logprobs;
}
