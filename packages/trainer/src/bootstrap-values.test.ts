import { prepareBackend } from "@cai/backend";
import type { FinishReason, SequenceBatch, TokenBatch } from "@cai/contracts";
import { leftPadded, rightPadded } from "@cai/testing";
import { sharedTrunkValueModel, ValueHead, type ValueModel } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { evaluateBootstrapValues } from "./bootstrap-values.ts";
import type { Models } from "./ppo-parts.ts";
import { disposeTrainer, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

const sums = ({ ids, mask, shape }: TokenBatch) => tf.sum(tf.tensor2d(ids.map((id, cell) => id * mask[cell]!), [...shape]), 1); // biome-ignore format: a line

/** The last hidden state is the sum of a row's ids; a value is ten of it. */
const summing = {
  policy: { lastHiddenStates: ({ prompts, responses }: SequenceBatch) => tf.add(sums(prompts), sums(responses)) },
  valueModel: {
    lastValues: (batch, policy) => tf.tidy(() => tf.mul(policy.lastHiddenStates(batch), 10)),
  } satisfies Pick<ValueModel, "lastValues">,
} as unknown as Models;

const rollout = {
  prompts: leftPadded([[1], [2], [3]]),
  responses: rightPadded([[4, 5], [6, 7], [8]]), // the last cut after one token, by a generator with a limit of its own
  finishReasons: ["length", "eos", "length"] satisfies FinishReason[],
};

test.each([1, 2, 3])("a row that was cut has the value of its whole text, %i rows a pass", async (rowsAtOnce) => {
  const before = tf.memory().numTensors;
  const values = await evaluateBootstrapValues(summing, rollout, rowsAtOnce);
  expect([...values]).toEqual([100, 0, 110]); // 10·(1 + 4 + 5); it ended by itself; 10·(3 + 8)
  expect(tf.memory().numTensors).toBe(before);
});

test("where nothing was cut, nothing is read", async () => {
  const values = await evaluateBootstrapValues({} as Models, { ...rollout, finishReasons: ["eos", "stop", "eos"] }, 2);
  expect([...values]).toEqual([0, 0, 0]);
});

test("whatever policy and value model write at padding, a trainer gives the same", async () => {
  const metrics = async (padding: number) => {
    const weight = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i) / 4);
    const model = sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: 32, weight, bias: 2 }) });
    const at = (values: tf.Tensor, { mask, shape }: TokenBatch) =>
      tf.where(tf.tensor2d(mask, [...shape], "bool"), values, tf.fill([...shape], padding));
    const valueModel: ValueModel = { ...model, values: (given, hidden) => at(model.values(given, hidden), given.responses) };
    const trainer = await tinyTrainer({ valueModel, bootstrapTruncated: true, maxNewTokens: 3 });
    const { metrics } = await trainer.trainStep(tinyPrompts);
    disposeTrainer(trainer);
    valueModel.dispose();
    return Object.entries(metrics).filter(([name]) => !/^time|second/.test(name));
  };
  expect(await metrics(Number.NaN)).toEqual(await metrics(0));
});
