import type { SequenceBatch } from "@cai/contracts";
import { familyModels, goldenModels, leftPadded, rightPadded } from "@cai/testing";
import { onBackends } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { everyRow, type ModelArchitecture } from "../families/family.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { CausalPolicy, type PolicyParts } from "../policy.ts";
import { CausalModel } from "./causal-model.ts";
import { inputColumns, wholeTexts } from "./input-columns.ts";

const ids = (minLength: number) => fc.array(fc.integer({ min: 0, max: 50 }), { minLength, maxLength: 6 });
const beginnings = [[], [1, 2, 3, 4]];
const rows = fc.array(fc.record({ beginning: fc.constantFrom(...beginnings), prompt: ids(1), response: ids(0) }), {
  minLength: 1,
  maxLength: 4,
});

interface Text {
  readonly beginning?: readonly number[];
  readonly prompt: number[];
  readonly response: number[];
}

const batchOf = (texts: readonly Text[], columns?: number): SequenceBatch => ({
  prompts: leftPadded(texts.map(({ beginning = [], prompt }) => [...beginning, ...prompt])),
  responses: rightPadded(
    texts.map(({ response }) => response),
    columns,
  ),
});

/** The same model, whose last block takes all rows to its end: those that are read are picked behind it. */
const picksLate = (parts: PolicyParts): PolicyParts => ({
  ...parts,
  architecture: {
    ...parts.architecture,
    block: (layer, hidden, operations, rowsRead = everyRow) => rowsRead(parts.architecture.block(layer, hidden, operations)),
  },
});

/** Log-probabilities and last states, and the gradients of an uneven sum of both. */
function evaluate(policy: CausalPolicy, batch: SequenceBatch): { numbers: Float32Array[]; gradients: Float32Array[] } {
  const numbers: Float32Array[] = [];
  const unevenSum = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(x, tf.cos(tf.reshape(tf.range(0, x.size), x.shape))));
  const { value, grads } = tf.valueAndGrads(() => {
    const { logprobs } = policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 0.7 });
    const last = policy.lastHiddenStates(batch);
    numbers.push(logprobs.dataSync<"float32">(), last.dataSync<"float32">());
    return tf.add(unevenSum(logprobs), unevenSum(last)) as tf.Scalar;
  })([...policy.parameters.values()].map((parameter) => parameter.value));
  const gradients = grads.map((gradient) => gradient.dataSync<"float32">());
  tf.dispose([value, ...grads]);
  return { numbers, gradients };
}

function expectClose(numbers: readonly Float32Array[], expected: readonly Float32Array[], tolerance: number): void {
  numbers.forEach((values, place) => {
    const largest = expected[place]!.reduce((most, one) => Math.max(most, Math.abs(one)), 1);
    const furthest = values.reduce((most, one, index) => Math.max(most, Math.abs(one - expected[place]![index]!)), 0);
    expect(furthest / largest).toBeLessThan(tolerance);
  });
}

describe.each([...goldenModels, ...familyModels])("$name", ({ folder }) => {
  onBackends(["cpu", "tensorflow"], () => {
    test("rows that leave the last block early take no number with them: log-probabilities, last states, gradients", async () => {
      const base = await loadPolicy(folder);
      const adapted = addLora(base, { rank: 2 });
      for (const { name, shape, assign } of adapted.parameters.values())
        if (name.endsWith("lora_B.weight")) assign(tf.fill([...shape], 0.1));
      for (const { parts } of [base, adapted]) {
        const late = new CausalPolicy(picksLate(parts));
        const early = [false, true].map((recompute) => new CausalPolicy({ ...parts, recompute }));
        fc.assert(
          fc.property(rows, (texts) => {
            const batch = batchOf(texts, 6);
            const expected = evaluate(late, batch);
            for (const policy of early) {
              const { numbers, gradients } = evaluate(policy, batch);
              expectClose(numbers, expected.numbers, 1e-5);
              expectClose(gradients, expected.gradients, 1e-4);
            }
          }),
          { numRuns: 3 },
        );
      }
      base.dispose();
    });
  });

  test("behind the last block's attention there are the rows that are read, and before it all", async () => {
    await tf.setBackend("cpu");
    const policy = await loadPolicy(folder);
    const batch = batchOf([
      { prompt: [1, 2, 3, 4, 5], response: [6, 7] },
      { prompt: [8, 9], response: [10] },
    ]);
    expect([inputColumns(batch).ids.length, wholeTexts(batch).ids.length]).toEqual([8, 10]);
    expect(rowsOfLayers(policy.parts, (model) => model.responseHiddenStates(batch))).toEqual({
      before: [8],
      lastBefore: [8],
      lastBehind: [3],
    });
    expect(rowsOfLayers(policy.parts, (model) => model.lastHiddenStates(batch))).toEqual({
      before: [10],
      lastBefore: [10],
      lastBehind: [2],
    });
    policy.dispose();
  });

  /** How many rows linear layers are given: those of all blocks but the last, and of the last one before and behind its attention. */
  function rowsOfLayers({ architecture, parameters }: PolicyParts, pass: (model: CausalModel) => tf.Tensor): Record<string, number[]> {
    const seen = { before: new Set<number>(), lastBefore: new Set<number>(), lastBehind: new Set<number>() };
    const weight = (name: string) => parameters.get(name)!.value;
    const model = new CausalModel({
      architecture,
      weight,
      isTrained: () => false,
      linear: (name, input, { residual }) => {
        const { layer, shape } = parameters.get(`${name}.weight`)!;
        const readsAttention = !/c_attn|q_proj|k_proj|v_proj/.test(name);
        const which = layer < architecture.layerCount - 1 ? "before" : readsAttention ? "lastBehind" : "lastBefore";
        for (const one of [input, residual]) if (one !== undefined) seen[which].add(one.shape[0]!);
        return tf.zeros([input.shape[0]!, outputSize(architecture, shape)]);
      },
    });
    pass(model).dispose();
    return Object.fromEntries(Object.entries(seen).map(([which, counts]) => [which, [...counts]]));
  }
});

const outputSize = ({ linearLayout }: ModelArchitecture, shape: readonly number[]): number =>
  shape[linearLayout === "output-input" ? 0 : 1]!;
