import { prepareBackend } from "@cai/backend";
import { addLora, type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2, tinyLlama } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { MemoryWeightStore } from "./memory-weight-store.fixture.ts";
import { sha256 } from "./names.ts";
import type { WeightCoding } from "./weight-coding.ts";
import { writeManifest } from "./weight-manifest.ts";
import { WeightPublisher } from "./weight-publisher.ts";
import { WorkerWeights } from "./worker-weights.ts";

const run = "0123456789abcdef";

beforeAll(() => prepareBackend());

async function load(folder = tinyGpt2): Promise<CausalPolicy> {
  const policy = await loadPolicy(folder);
  onTestFinished(() => policy.dispose());
  return policy;
}

/** Of each weight; comparing the numbers themselves takes seconds. */
const numbersOf = (policy: CausalPolicy) => [...policy.parameters.values()].map(({ value }) => digestOf(value.dataSync()));
const digestOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => sha256(new Uint8Array(buffer, byteOffset, byteLength));

function nudge(policy: CausalPolicy, by: number, names: Iterable<string> = [policy.parameters.keys().next().value!]): void {
  for (const name of names) {
    const parameter = policy.parameters.get(name)!;
    parameter.assign(tf.tidy(() => tf.add(parameter.value, by)));
  }
}

/** A learner and what it has published, version after version. */
async function learn(learner: CausalPolicy, { coding }: { coding?: WeightCoding } = {}) {
  const store = new MemoryWeightStore();
  const publisher = new WeightPublisher({ policy: learner, store, run, coding });
  return { store, publish: async () => ({ version: (await publisher.publish()).version, numbers: numbersOf(learner) }) };
}

function hold(policy: CausalPolicy, store: MemoryWeightStore, coding?: WeightCoding): WorkerWeights {
  const weights = new WorkerWeights(policy, store, coding);
  onTestFinished(() => weights.dispose());
  return weights;
}

test("a worker has the learner's weights, bit by bit, version after version, and reads what is new alone", async () => {
  const learner = await load();
  const { store, publish } = await learn(learner);
  const weights = hold(await load(), store);
  for (let step = 0; step < 3; step++) {
    nudge(learner, 0.5);
    const { version, numbers } = await publish();
    store.reads.length = 0;
    expect(numbersOf(await weights.load(run, version))).toEqual(numbers);
    if (step > 0) expect(store.reads).toHaveLength(2); // the manifest, and the weight
  }
});

test("of the last two versions nothing is read again, whichever a job asks for; of the one before, what differs", async () => {
  const learner = await load();
  const { store, publish } = await learn(learner);
  const weights = hold(await load(), store);
  const versions = [];
  for (let step = 0; step < 3; step++) {
    nudge(learner, 0.5, learner.parameters.keys());
    const published = await publish();
    await weights.load(run, published.version);
    versions.push(published);
  }
  const kept = new Map(store.objects);
  store.reads.length = 0;
  store.objects.clear(); // as if the store were gone
  for (const { version, numbers } of [versions[1]!, versions[2]!, versions[1]!, versions[1]!, versions[2]!])
    expect(numbersOf(await weights.load(run, version))).toEqual(numbers);
  expect(store.reads).toEqual([]);

  await expect(weights.load(run, versions[0]!.version)).rejects.toMatchObject({ code: "missing-weights" });
  expect(kept.has(versions[0]!.version)).toBe(false); // nor has the store more than two
  expect(numbersOf(await weights.load(run, versions[2]!.version))).toEqual(versions[2]!.numbers);
});

test("two versions take the memory of what differs between them, and it is free in the end", async () => {
  const learner = await load();
  const { store, publish } = await learn(learner);
  const own = await load();
  const weights = hold(own, store);
  const buffers: number[] = [];
  for (let step = 0; step < 4; step++) {
    nudge(learner, 0.5);
    await weights.load(run, (await publish()).version);
    buffers.push(tf.memory().numDataBuffers); // clones share theirs
  }
  const [one, ...later] = buffers;
  expect(later).toEqual([one! + 1, one! + 1, one! + 1]); // of the version before, the weight that changed
  weights.dispose();
  expect(tf.memory().numDataBuffers).toBe(one);
  own.dispose();
  learner.dispose();
  expect(tf.memory().numDataBuffers).toBe(0);
});

test("after a version that could not be read the ones in memory are still there, whole", async () => {
  const learner = await load();
  const { store, publish } = await learn(learner);
  const weights = hold(await load(), store);
  const good = [];
  for (let step = 0; step < 2; step++) {
    nudge(learner, 0.5, learner.parameters.keys());
    good.push(await publish());
    await weights.load(run, good.at(-1)!.version);
  }
  nudge(learner, 0.5, learner.parameters.keys());
  const broken = await publish();
  const manifest = JSON.parse(Buffer.from(store.objects.get(broken.version)!).toString()) as { weights: { chunks: string[] }[] };
  const lost = manifest.weights.at(-1)!.chunks[0]!;
  const bytes = store.objects.get(lost)!;
  store.objects.delete(lost);
  await expect(weights.load(run, broken.version)).rejects.toMatchObject({ code: "missing-weights" });
  expect(numbersOf(await weights.load(run, good[1]!.version))).toEqual(good[1]!.numbers);
  store.objects.set(lost, bytes);
  expect(numbersOf(await weights.load(run, broken.version))).toEqual(broken.numbers);
  expect(numbersOf(await weights.load(run, good[1]!.version))).toEqual(good[1]!.numbers);
});

test("a worker without an adapter makes the learner's, and has its versions", async () => {
  const learner = addLora(await load(), { rank: 2, targets: ["c_attn"] });
  onTestFinished(() => learner.dispose());
  const { store, publish } = await learn(learner);
  const weights = hold(await load(), store);
  const versions = [];
  for (let step = 0; step < 2; step++) {
    nudge(learner, 0.5, learner.parameters.keys());
    versions.push(await publish());
    await weights.load(run, versions.at(-1)!.version);
  }
  for (const { version, numbers } of [...versions, versions[0]!]) expect(numbersOf(await weights.load(run, version))).toEqual(numbers);
});

test("an adapter's run is not drawn on weights that another run has trained: it is refused, where it would be wrong in silence", async () => {
  const [all, base] = [await load(), await load()];
  const adapted = addLora(base, { rank: 2, targets: ["c_attn"] });
  onTestFinished(() => adapted.dispose());
  const [full, lora] = [await learn(all), await learn(adapted)];
  const [whole, small] = [(await full.publish()).version, (await lora.publish()).version];
  for (const [name, bytes] of lora.store.objects) full.store.objects.set(name, bytes);
  const weights = hold(await load(), full.store);
  await weights.load(run, small);
  await weights.load(run, whole);
  await expect(weights.load(run, small)).rejects.toMatchObject({
    code: "other-weights",
    message: expect.stringMatching(/start workers for each/),
  });
});

test("weights that were changed on the way are refused, and so are those of another model", async () => {
  const { store, publish } = await learn(await load());
  const { version } = await publish();
  await expect(hold(await load(tinyLlama), store).load(run, version)).rejects.toMatchObject({ code: "other-weights" });
  const get = store.get.bind(store);
  store.get = async (of, name) => {
    const bytes = Buffer.from((await get(of, name))!);
    if (name !== version) bytes[0]! ^= 1;
    return bytes;
  };
  await expect(hold(await load(), store).load(run, version)).rejects.toThrow(/other bytes than its name says/);
  store.get = async () => Buffer.from('{"lora":null,"weights":[]}');
  await expect(hold(await load(), store).load(run, version)).rejects.toThrow(/other bytes than its name says/);
});

const sound = { name: "wte.weight", shape: [2, 3], type: "float32", chunks: ["0".repeat(64)] };
test.each([
  ["no weights", { lora: null }],
  ["a list of something else", { lora: null, weights: [1] }],
  ["an adapter that is a number", { lora: 3, weights: [] }],
  ["a weight without a type", { lora: null, weights: [{ ...sound, type: undefined }] }],
  ["a chunk by a path", { lora: null, weights: [{ ...sound, chunks: ["../../etc/passwd"] }] }],
  ["a shape that grows backwards", { lora: null, weights: [{ ...sound, shape: [-1, 3] }] }],
  ["nothing at all", null],
])("a manifest with %s is refused", async (_, manifest) => {
  const store = new MemoryWeightStore();
  const bytes = Buffer.from(JSON.stringify(manifest));
  await store.put(run, sha256(bytes), bytes);
  await expect(hold(await load(), store).load(run, sha256(bytes))).rejects.toMatchObject({ code: "bad-payload" });
});

test.each([
  ["too many parts", { chunks: ["0".repeat(64), "1".repeat(64)] }, "bad-payload"],
  ["a type that nobody knows", { type: "int4" }, "other-weights"],
])("a weight with %s is refused before it is read", async (_, change, code) => {
  const policy = await load();
  const weights = [...policy.parameters].map(([name, { shape }]) => ({ ...sound, name, shape, ...change }));
  const { version, bytes } = writeManifest({ lora: null, weights });
  const store = new MemoryWeightStore();
  await store.put(run, version, bytes);
  await expect(hold(policy, store).load(run, version)).rejects.toMatchObject({ code });
  expect(store.reads).toEqual([version]);
});

/** Half of the numbers of one weight, as if the engine needed no more; the others come back as they were. */
const halves = (of: string, size: number): WeightCoding => ({
  type: "halves",
  bytes: (name) => (name === of ? 2 * size : undefined),
  write: (name, numbers) => (name === of ? new Uint8Array(numbers.slice(0, size / 2).buffer) : undefined),
  read: (_, bytes) => {
    const half = new Float32Array(bytes.slice().buffer);
    return Float32Array.from({ length: 2 * half.length }, (_, index) => half[index % half.length]!);
  },
});

test("a weight that has a coding goes as its bytes, the others as float32, and the manifest says which", async () => {
  const learner = await load();
  const [first, ...others] = [...learner.parameters.values()];
  const { name, value, shape } = first!;
  const coding = halves(name, value.size);
  const { store, publish } = await learn(learner, { coding });
  const { version } = await publish();
  const manifest = JSON.parse(Buffer.from(store.objects.get(version)!).toString()) as { weights: { type: string; chunks: string[] }[] };
  expect(manifest.weights.map(({ type }) => type)).toEqual(["halves", ...others.map(() => "float32")]);
  expect(store.objects.get(manifest.weights[0]!.chunks[0]!)!.byteLength).toBe(2 * value.size);

  const numbers = value.dataSync();
  const own = await hold(await load(), store, coding).load(run, version);
  const half = numbers.slice(0, value.size / 2);
  expect(own.parameters.get(name)!.value.shape).toEqual(shape);
  expect(numbersOf(own)[0]).toBe(digestOf(Float32Array.of(...half, ...half)));
  expect(numbersOf(own).slice(1)).toEqual(numbersOf(learner).slice(1));

  await expect(hold(await load(), store).load(run, version)).rejects.toMatchObject({
    code: "other-weights",
    message: expect.stringMatching(/--rollout/),
  });
});
