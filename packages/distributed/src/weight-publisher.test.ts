import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { MemoryWeightStore } from "./memory-weight-store.fixture.ts";
import { chunksOf } from "./weight-manifest.ts";
import { WeightPublisher } from "./weight-publisher.ts";
import { mostObjectBytes } from "./weight-store.ts";

const run = "0123456789abcdef";

beforeAll(() => prepareBackend());

async function open(clock?: () => number) {
  const policy = await loadPolicy(tinyGpt2);
  onTestFinished(() => policy.dispose());
  const store = new MemoryWeightStore();
  const first = policy.parameters.values().next().value!;
  const nudge = (by: number) => first.assign(tf.tidy(() => tf.add(first.value, by)));
  return { store, first, nudge, publisher: new WeightPublisher({ policy, store, run, ...(clock && { clock }) }) };
}

test("what has not changed is not put again, and weights of an earlier step have its version", async () => {
  const { store, publisher, nudge, first } = await open();
  const put = store.put.bind(store);
  const names: string[] = [];
  store.put = async (of, name, bytes) => {
    names.push(name);
    await put(of, name, bytes);
  };
  const one = await publisher.publish();
  expect(new Set(names).size).toBe(names.length); // equal weights are one object
  names.length = 0;
  expect(await publisher.publish()).toMatchObject({ version: one.version, bytes: 0 });
  expect(names).toEqual([]);
  const before = first.value.clone();
  nudge(1);
  const two = await publisher.publish();
  expect(two.bytes).toBe(4 * first.value.size);
  expect(names).toEqual([expect.anything(), two.version]);
  first.assign(before);
  expect(await publisher.publish()).toMatchObject({ version: one.version, bytes: 0 }); // it is still there
});

test("the store keeps what the last two versions need, and nothing else", async () => {
  const { store, publisher, nudge } = await open();
  const sizes: number[] = [];
  const versions: string[] = [];
  for (let step = 0; step < 4; step++) {
    versions.push((await publisher.publish()).version);
    sizes.push(store.objects.size);
    nudge(1);
  }
  expect(sizes).toEqual([sizes[0], sizes[0]! + 2, sizes[0]! + 2, sizes[0]! + 2]); // another weight and another manifest
  expect(versions.map((version) => store.objects.has(version))).toEqual([false, false, true, true]);
});

test("what is there for half of an object's life is put again, changed or not, so that a long run outlives it", async () => {
  let hours = 0;
  const { store, publisher } = await open(() => hours * 3_600_000);
  const { version } = await publisher.publish();
  const all = [...store.objects.keys()].toSorted();
  for (const [after, isRenewed] of [
    [11, false],
    [13, true],
    [24, false],
    [26, true],
  ] as const) {
    // biome-ignore format: a line
    hours = after;
    store.objects.clear();
    expect((await publisher.publish()).version).toBe(version);
    expect([...store.objects.keys()].toSorted()).toEqual(isRenewed ? all : []);
  }
});

test("a weight larger than an object goes in parts, of which only those that changed are new", () => {
  const bytes = Buffer.alloc(2 * mostObjectBytes + 5, "weights");
  const parts = chunksOf(bytes);
  expect(parts.map((part) => part.bytes.length)).toEqual([mostObjectBytes, mostObjectBytes, 5]);
  expect(Buffer.concat(parts.map((part) => part.bytes)).equals(bytes)).toBe(true);
  bytes[mostObjectBytes]! ^= 1;
  const changed = chunksOf(bytes).map(({ name }, index) => name !== parts[index]!.name);
  expect(changed).toEqual([false, true, false]);
  expect(chunksOf(new Uint8Array())).toEqual([]);
});
