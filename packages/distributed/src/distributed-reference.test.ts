import { addLora, type CausalPolicy, loadPolicy } from "@cai/policy";
import { goldenModels, tinyGpt2, tinyLlama } from "@cai/testing";
import { referenceLogprobs } from "@cai/training";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { DistributedReference, type DistributedReferenceOptions } from "./distributed-reference.ts";
import { engineIdentity, referenceQueue } from "./engine-identity.ts";
import { listWorkers } from "./presence.ts";
import { startReferenceWorker } from "./reference-worker.ts";
import { withRedis } from "./with-redis.fixture.ts";

const { batch } = goldenModels[0]!;
const rows = batch.responses.shape[0];
const options = { temperature: 0.7, rowsAtOnce: 1 };

withRedis(({ server, ends, dyingWorker }) => {
  async function load(folder = tinyGpt2): Promise<CausalPolicy> {
    const policy = await loadPolicy(folder);
    ends.push(() => policy.dispose());
    return policy;
  }

  async function work(policy: CausalPolicy): Promise<void> {
    const worker = await startReferenceWorker({ redis: server.url, policy, lockMs: 1_000 });
    ends.push(() => worker.stop());
  }

  async function refer(policy: CausalPolicy, more: Partial<DistributedReferenceOptions> = {}): Promise<DistributedReference> {
    const reference = await DistributedReference.create({ redis: server.url, policy, owner: "runs/test reference", ...more });
    ends.push(() => reference.dispose());
    return reference;
  }

  /** What a reference of this process says. */
  async function saysHere(policy: CausalPolicy, rowsAtOnce: number): Promise<Float32Array> {
    const reference = policy.createReference();
    ends.push(() => reference.dispose());
    return referenceLogprobs(reference, batch, { ...options, rowsAtOnce });
  }

  function nudge(policy: CausalPolicy): void {
    for (const parameter of policy.parameters.values()) parameter.assign(tf.tidy(() => tf.add(parameter.value, 0.25)));
  }

  test("two workers say what a reference here says with as many rows a pass, bit by bit, and under its name", async () => {
    await work(await load());
    await work(await load());
    const policy = await load();
    const reference = await refer(policy);
    for (const rowsAtOnce of [1, rows])
      expect(await reference.evaluateLogprobs(batch, { ...options, rowsAtOnce })).toEqual(await saysHere(policy, rowsAtOnce));
    expect(reference.identity).toEqual(policy.identity); // what a checkpoint keeps of it, and a run on one machine looks for
  });

  test("it says the same while learner and worker put trained weights in the policy's place", async () => {
    const [policy, theirs] = [await load(), await load()];
    await work(theirs);
    const start = await saysHere(policy, 1);
    const reference = await refer(policy);
    nudge(policy);
    nudge(theirs);
    expect(await reference.evaluateLogprobs(batch, options)).toEqual(start);
  });

  test("of a policy with an adapter it is the base, and a worker needs no adapter", async () => {
    await work(await load());
    const adapted = addLora(await load(), { rank: 2, targets: ["c_attn"] });
    ends.push(() => adapted.dispose());
    nudge(adapted);
    expect(await (await refer(adapted)).evaluateLogprobs(batch, options)).toEqual(await saysHere(await load(), 1));
  });

  test("it holds no tensor here, and gives none", async () => {
    const policy = await load();
    const before = tf.memory().numTensors;
    const reference = await refer(policy);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => reference.logprobs()).toThrow("ask its evaluateLogprobs");
  });

  test("a worker with other weights never gets a job, and the learner is told what differs", async () => {
    await work(await load(tinyLlama));
    const reference = await refer(await load(), { patienceSeconds: 1 });
    await expect(reference.evaluateLogprobs(batch, options)).rejects.toMatchObject({
      code: "no-worker",
      message: expect.stringMatching(/other weights and another tokenizer or configuration; start workers with the learner's --policy/),
    });
    expect((await listWorkers(server.url)).map(({ jobsDone }) => jobsDone)).toEqual([0]);
  });

  test("a worker that dies within a pass loses nothing: its rows are another's", async () => {
    const policy = await load();
    const reference = await refer(policy);
    const die = await dyingWorker(referenceQueue(engineIdentity(policy, "policy")));
    const said = reference.evaluateLogprobs(batch, options);
    await die();
    await work(await load());
    expect(await said).toEqual(await saysHere(policy, 1));
  });

  test("a pass that fails at every try is set aside, and the step ends; an aborted one ends at once", async () => {
    const policy = await load();
    await work(await load());
    const reference = await refer(policy, { tries: 1 });
    const beyond = { ...batch, responses: { ...batch.responses, ids: batch.responses.ids.map(() => policy.vocabSize) } };
    await expect(reference.evaluateLogprobs(beyond, options)).rejects.toMatchObject({ code: "poisoned" });
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(reference.evaluateLogprobs(batch, { ...options, signal })).rejects.toThrow("stopped");
    await reference.dispose();
    await expect(reference.evaluateLogprobs(batch, options)).rejects.toMatchObject({ code: "disposed" });
  });
});
