import type { SequenceBatch } from "@cai/contracts";
import { goldenModels, leftPadded, rightPadded } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { CausalPolicy } from "../policy.ts";

const ids = (minLength: number) => fc.array(fc.integer({ min: 0, max: 50 }), { minLength, maxLength: 6 });
const texts = fc.array(fc.record({ prompt: ids(1), response: ids(1) }), { minLength: 1, maxLength: 4 });
type Text = { readonly prompt: number[]; readonly response: number[] };

const batchOf = (rows: readonly Text[], columns?: number): SequenceBatch => ({
  prompts: leftPadded(rows.map(({ prompt }) => prompt)),
  responses: rightPadded(
    rows.map(({ response }) => response),
    columns,
  ),
});

const batch = batchOf([
  { prompt: [1, 2, 3], response: [5, 6] },
  { prompt: [4], response: [7, 8, 9, 10] },
]);

function logprobsOf(policy: CausalPolicy, sequences: SequenceBatch): tf.Tensor {
  return policy.tokenLogprobs(policy.hiddenStates(sequences), sequences.responses, { temperature: 0.7 }).logprobs;
}

/** Log-probabilities, row by row, and the gradient of their sum in every parameter. */
function evaluate(policy: CausalPolicy, sequences: SequenceBatch): { logprobs: number[][]; gradients: number[][] } {
  const parameters = [...policy.parameters.values()].filter(({ trainable }) => trainable);
  let logprobs: number[][] = [];
  const { value, grads } = tf.valueAndGrads(() => {
    const all = logprobsOf(policy, sequences);
    logprobs = all.arraySync() as number[][];
    return tf.sum(all);
  })(parameters.map((parameter) => parameter.value));
  const gradients = grads.map((gradient) => [...gradient.dataSync()]);
  tf.dispose([value, ...grads]);
  return { logprobs, gradients };
}

function expectClose(numbers: readonly number[], expected: readonly number[], tolerance: number): void {
  const largest = Math.max(1, ...expected.map(Math.abs));
  numbers.forEach((one, index) => {
    expect(Math.abs(one - expected[index]!) / largest).toBeLessThan(tolerance);
  });
}

/** Answers to two prompts that open alike, one of them an answer's beginning, and to a prompt of one token. */
const groups: Text[] = [
  { prompt: [1, 2, 3, 4, 5], response: [6, 7] },
  { prompt: [1, 2, 3, 4, 5], response: [8] },
  { prompt: [1, 2, 3, 9], response: [6, 7, 8, 9] },
  { prompt: [4], response: [2, 3] },
  { prompt: [1, 2, 3, 4, 5], response: [6, 7, 10] },
  { prompt: [4], response: [2] },
  { prompt: [1, 2, 3, 9], response: [5] },
];

describe.each(goldenModels)("$name", ({ folder }) => {
  onEachBackend((backend) => {
    test("answers to one prompt, which is read once, give what each gives alone: log-probabilities, gradients, last states", async () => {
      const base = await loadPolicy(folder);
      const adapted = addLora(base, { rank: 2 });
      for (const { name, shape, assign } of adapted.parameters.values())
        if (name.endsWith("lora_B.weight")) assign(tf.fill([...shape], 0.1));
      for (const policy of [base, adapted]) {
        const together = evaluate(policy, batchOf(groups));
        const alone = groups.map((row) => evaluate(policy, batchOf([row])));
        groups.forEach(({ response }, row) => {
          expectClose(together.logprobs[row]!.slice(0, response.length), alone[row]!.logprobs[0]!, 1e-5);
        });
        together.gradients.forEach((gradient, parameter) => {
          const sum = gradient.map((_, index) => alone.reduce((total, one) => total + one.gradients[parameter]![index]!, 0));
          expectClose(gradient, sum, 1e-4);
        });
        const last = policy.lastHiddenStates(batchOf(groups)).arraySync();
        groups.forEach((row, index) => {
          expectClose(last[index]!, policy.lastHiddenStates(batchOf([row])).arraySync()[0]!, 1e-5);
        });
      }
      base.dispose();
    });

    test("a batch of any lengths gives what each of its rows gives alone: log-probabilities and, summed, gradients", async () => {
      const policy = await loadPolicy(folder);
      fc.assert(
        fc.property(texts, (rows) => {
          const together = evaluate(policy, batchOf(rows, 7));
          const alone = rows.map((row) => evaluate(policy, batchOf([row])));
          rows.forEach(({ response }, row) => {
            expectClose(together.logprobs[row]!.slice(0, response.length), alone[row]!.logprobs[0]!, 1e-5);
            expect(together.logprobs[row]!.slice(response.length)).toEqual(Array(7 - response.length).fill(0));
          });
          together.gradients.forEach((gradient, parameter) => {
            const sum = gradient.map((_, index) => alone.reduce((total, one) => total + one.gradients[parameter]![index]!, 0));
            expectClose(gradient, sum, 1e-4);
          });
        }),
        { numRuns: backend === "tensorflow" ? 10 : 3 },
      );
      policy.dispose();
    });

    test("blocks that are computed again in the backward pass give the same to the bit, and leave no tensor", async () => {
      const base = await loadPolicy(folder);
      for (const policy of [base, addLora(base, { rank: 2 })]) {
        const recomputing = new CausalPolicy({ ...policy.parts, recompute: true });
        for (const sequences of [batch, batchOf(groups)]) {
          const kept = evaluate(policy, sequences);
          const before = tf.memory().numTensors;
          expect(evaluate(recomputing, sequences)).toEqual(kept);
          expect(tf.memory().numTensors).toBe(before);
        }
      }
    });

    test("a frozen lower part changes no gradient above it, and keeps nothing for its own", async () => {
      const policy = await loadPolicy(folder);
      const { parameters, layerCount } = policy;
      const whole = new Map([...parameters.keys()].map((name, place) => [name, place]));
      const all = evaluate(policy, batch);
      const heldIn = (): number => {
        let held = 0;
        tf.dispose(
          tf.valueAndGrads(() => {
            const before = tf.memory().numBytes;
            const hidden = policy.hiddenStates(batch);
            held = tf.memory().numBytes - before;
            return tf.sum(hidden);
          })([...parameters.values()].filter(({ trainable }) => trainable).map(({ value }) => value)).grads,
        );
        return held;
      };
      const heldByAll = heldIn();
      for (const parameter of parameters.values()) parameter.trainable = parameter.layer >= layerCount - 1;
      const upper = [...parameters.values()].filter(({ trainable }) => trainable).map(({ name }) => all.gradients[whole.get(name)!]!);
      expect(evaluate(policy, batch).gradients).toEqual(upper);
      expect(heldIn()).toBeLessThan(0.7 * heldByAll);
      policy.dispose();
    });
  });
});

test("padding holds 0, and no gradient comes from it", async () => {
  await tf.setBackend("cpu");
  const policy = await loadPolicy(goldenModels[0].folder);
  const row = { prompt: [1, 2], response: [3, 4] };
  const padded = policy.hiddenStates(batchOf([row], 5)).arraySync();
  expect(padded[0]!.slice(0, 2)).toEqual(policy.hiddenStates(batchOf([row])).arraySync()[0]);
  expect(
    padded[0]!
      .slice(2)
      .flat()
      .every((one) => one === 0),
  ).toBe(true);
  const table = policy.parameters.get("transformer.wpe.weight")!.value;
  const weighted = (factors: number[]) =>
    tf
      .grad((_: tf.Tensor) => tf.sum(tf.mul(policy.hiddenStates(batchOf([row], 5)), tf.tensor3d(factors, [1, 5, 1]))))(table)
      .dataSync();
  expect(weighted([1, 2, Number.NaN, 1e9, 7])).toEqual(weighted([1, 2, 0, 0, 0]));
  policy.dispose();
});

test("other tfjs code may stand around a policy's passes, and hidden states may come from outside of the tape", async () => {
  await tf.setBackend("cpu");
  const policy = await loadPolicy(goldenModels[0].folder);
  const weight = policy.parameters.get("transformer.wte.weight")!.value;
  const factor = tf.scalar(2);
  const sumOf = () => tf.sum(tf.square(policy.hiddenStates(batch)));
  const [ofFactor, ofWeight] = tf.grads((f, w) => tf.add(tf.mul(f!, sumOf()), tf.sum(w!)))([factor, weight]);
  expect(ofFactor!.dataSync()[0]).toBe(sumOf().dataSync()[0]);
  const plain = tf
    .grad(sumOf as (w: tf.Tensor) => tf.Tensor)(weight)
    .dataSync();
  ofWeight!.dataSync().forEach((one, index) => {
    expect(one).toBeCloseTo(2 * plain[index]! + 1, 3);
  });

  // d logprob / d weight through the output alone: the hidden states are constants here.
  const hidden = policy.hiddenStates(batch);
  const outer = (states: () => tf.Tensor) =>
    tf
      .grad((_: tf.Tensor) => tf.sum(policy.tokenLogprobs(states(), batch.responses, { temperature: 1 }).logprobs))(weight)
      .dataSync();
  const whole = outer(() => policy.hiddenStates(batch));
  const alone = outer(() => hidden);
  const copied = outer(() => tf.tensor(hidden.dataSync(), hidden.shape));
  expect(alone).toEqual(copied);
  expect(alone).not.toEqual(whole);
  policy.dispose();
});
