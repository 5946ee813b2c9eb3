import "@tensorflow/tfjs";
import { goldenModels } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "./add-lora.ts";
import { mergeLora } from "./merge-lora.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const doubled = (value: tf.Tensor) => tf.tidy(() => tf.mul(value, 2));

test("weights are read by name, and a version changes with what it is the version of", async () => {
  const policy = await loadPolicy(goldenModels[0].folder);
  const { weights } = policy;
  expect([...weights.shapes]).toEqual([...policy.parameters.values()].map(({ name, shape }) => [name, shape]));
  const [first, second] = [...policy.parameters.values()];
  const before = [weights.version(first!.name), weights.version(second!.name)];
  const numbers = [...(await weights.read(first!.name))];
  first!.assign(doubled(first!.value));
  expect(weights.version(first!.name)).not.toBe(before[0]);
  expect(weights.version(second!.name)).toBe(before[1]);
  expect([...(await weights.read(first!.name))]).toEqual(numbers.map((one) => 2 * one));
  expect(() => weights.version("none")).toThrow("there is no weight named none");
  await expect(weights.read("none")).rejects.toThrow("there is no weight named none");
  policy.dispose();
});

test("an adapter is in the weights that it adapts, and in their versions", async () => {
  const base = await loadPolicy(goldenModels[0].folder);
  const policy = addLora(base, { rank: 2, targets: ["c_attn"] });
  for (const parameter of policy.parameters.values()) parameter.assign(tf.fill([...parameter.shape], 0.1));
  const { weights } = policy;
  const [adapted, other] = ["transformer.h.0.attn.c_attn.weight", "transformer.h.0.mlp.c_fc.weight"];
  const before = [weights.version(adapted!), weights.version(other!)];
  const merged = mergeLora(policy);
  const expected = await (await merged).weights.read(adapted!);
  expect([...(await weights.read(adapted!))]).toEqual([...expected]);
  expect(await weights.read(adapted!)).not.toEqual(await base.weights.read(adapted!));
  for (const parameter of policy.parameters.values()) parameter.assign(doubled(parameter.value));
  expect(weights.version(adapted!)).not.toBe(before[0]);
  expect(weights.version(other!)).toBe(before[1]);
  for (const one of [base, policy, await merged]) one.dispose();
});
