import { readdir } from "node:fs/promises";
import type { Generation, Generator } from "@cai/contracts";
import { addLora, type CausalPolicy, loadPolicy } from "@cai/policy";
import { goldenModels, temporaryFolder, tinyGpt2, tinyLlama } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test, vi } from "vitest";
import { connect } from "./connect.ts";
import { DistributedRollouts, type DistributedRolloutsOptions } from "./distributed-rollouts.ts";
import type { DistributedError } from "./error.ts";
import { jobPayload } from "./job-payload.ts";
import { listWorkers } from "./presence.ts";
import { recordedRollouts } from "./recorded-rollouts.ts";
import { type RolloutWorkerOptions, startRolloutWorker } from "./rollout-worker.ts";
import { slicedGenerator } from "./sliced-generator.ts";
import { startWeightServer } from "./weight-server.ts";
import { withRedis } from "./with-redis.fixture.ts";

const { prompts } = goldenModels[0]!.batch;
const sampling = { draws: { seed: 7, stream: "rollout", step: 1 }, maxNewTokens: 5 };
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

withRedis(({ server, ends }) => {
  async function load(folder = tinyGpt2): Promise<CausalPolicy> {
    const policy = await loadPolicy(folder);
    ends.push(() => policy.dispose());
    return policy;
  }

  async function work(options: Partial<RolloutWorkerOptions> = {}): Promise<{ stop(): Promise<void> }> {
    const policy = options.policy ?? (await load());
    const worker = await startRolloutWorker({ redis: server.url, policy, lockMs: 2_000, ...options });
    ends.push(() => worker.stop());
    return worker;
  }

  async function learn(policy: CausalPolicy, options: Partial<DistributedRolloutsOptions> = {}): Promise<DistributedRollouts> {
    const rollouts = await DistributedRollouts.create({ redis: server.url, policy, owner: "runs/test", rowsPerJob: 1, ...options });
    ends.push(() => rollouts.dispose());
    return rollouts;
  }

  const drawHere = (policy: Generator): Promise<Generation> =>
    slicedGenerator({ generator: policy, rowsPerJob: 1 }).generate(prompts, sampling);

  /** A generator that waits, or fails, before a policy draws. */
  const before = (wait: (call: number) => unknown) => {
    let calls = 0;
    return (policy: CausalPolicy): Generator => ({
      async generate(...given) {
        await wait(++calls);
        return policy.generate(...given);
      },
    });
  };

  function nudge(policy: CausalPolicy, name = [...policy.parameters.keys()][0]!): void {
    const parameter = policy.parameters.get(name)!;
    parameter.assign(tf.tidy(() => tf.add(parameter.value, 0.25)));
  }

  test("two workers draw what the learner's machine draws in the same slices, bit by bit, as the weights change", async () => {
    const policy = await load();
    await work();
    await work();
    const rollouts = await learn(policy);
    for (let update = 0; update < 3; update++) {
      expect(await rollouts.generate(prompts, sampling)).toEqual(await drawHere(policy));
      nudge(policy);
    }
  });

  test("only weights that changed are published again, and the step's metrics tell how many bytes", async () => {
    const policy = await load();
    await work();
    const rollouts = await learn(policy);
    const all = [...policy.parameters.values()].reduce((sum, { value }) => sum + 4 * value.size, 0);
    const [name, first] = [...policy.parameters][0]!;
    const published = async (step: number) => {
      await rollouts.generate(prompts, { ...sampling, draws: { ...sampling.draws, step } });
      return rollouts.metrics()["workers/published_bytes"];
    };
    expect(await published(1)).toBeLessThanOrEqual(all); // weights that are equal are one piece
    expect(await published(2)).toBe(0);
    nudge(policy, name);
    expect(await published(3)).toBe(4 * first.value.size);
  });

  test("of an adapter its own weights alone are published, and a worker that has none makes it", async () => {
    const policy = addLora(await load(), { rank: 2, targets: ["c_attn"] });
    ends.push(() => policy.dispose());
    await work();
    const rollouts = await learn(policy);
    for (const name of policy.parameters.keys()) nudge(policy, name);
    expect(await rollouts.generate(prompts, sampling)).toEqual(await drawHere(policy));
    const own = [...policy.parameters.values()].reduce((sum, { value }) => sum + 4 * value.size, 0);
    expect(rollouts.metrics()["workers/published_bytes"]).toBeLessThanOrEqual(own);
  });

  test("workers with other weights or another engine never get a job, and the learner is told what differs", async () => {
    await work({ policy: await load(tinyLlama) });
    await work({ engine: "int8" });
    const rollouts = await learn(await load(), { patienceSeconds: 1 });
    const refusal = await rollouts.generate(prompts, sampling).catch((error: DistributedError) => error);
    expect(refusal).toMatchObject({ code: "no-worker", message: expect.stringMatching(/; start workers with the learner's --policy/) });
    expect((refusal as DistributedError).message).toMatch(/ has other weights and another tokenizer or configuration[;,]/);
    expect((refusal as DistributedError).message).toMatch(/ has another engine \(int8 on \w+, not policy on \w+\)/);
    expect((await listWorkers(server.url)).map(({ jobsDone }) => jobsDone)).toEqual([0, 0]);
  });

  test("a slice that fails is tried again", async () => {
    const policy = await load();
    const faults: string[] = [];
    const failingOnce = before((call) => {
      if (call === 1) throw new Error("no memory");
    });
    await work({ generatorOf: failingOnce, onFault: (line) => faults.push(line) });
    const rollouts = await learn(policy);
    expect(await rollouts.generate(prompts, sampling)).toEqual(await drawHere(policy));
    expect(faults).toEqual([expect.stringMatching(/^job \S+-rollout-1-0-0: no memory$/)]);
  });

  test("a slice that fails at every try is set aside with its input, and the step ends", async () => {
    const failing = before(() => Promise.reject(new Error("no memory")));
    await work({ generatorOf: failing });
    const rollouts = await learn(await load(), { tries: 2 });
    await expect(rollouts.generate(prompts, sampling)).rejects.toMatchObject({
      code: "poisoned",
      message: expect.stringMatching(/^job \S+ failed at each of its 2 tries: no memory; it is kept with its input/),
    });
    const redis = await connect(server.url);
    const [failed] = await redis.keys("cai:rollout-*:failed");
    const [job] = await redis.zrange(failed!, "0", "0");
    const { payload } = JSON.parse((await redis.hget(failed!.replace(/failed$/, String(job)), "data"))!) as { payload: string };
    redis.disconnect();
    expect(jobPayload.readRolloutJob(Buffer.from(payload, "base64")).sampling.draws).toMatchObject(sampling.draws);
  });

  test("a slow worker is overtaken: its slice is given to another one, and counts once", async () => {
    const policy = await load();
    let wake = () => {};
    const asleep = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
    );
    await work({ generatorOf: before((call) => (call > prompts.shape[0] ? asleep() : undefined)) });
    ends.push(() => wake()); // so that it can be stopped
    const rollouts = await learn(policy, { hedgeAfter: 2 });
    await rollouts.generate(prompts, sampling);
    const answer = rollouts.generate(prompts, sampling);
    await vi.waitFor(() => expect(asleep).toHaveBeenCalled()); // the slow one has the first slice
    await work();
    expect(await answer).toEqual(await drawHere(policy)); // while it sleeps
  });

  test("Redis is killed and started again while a step is out: the step goes on", async () => {
    const policy = await load();
    const drawing = vi.fn(() => seconds(0.3));
    await work({ generatorOf: before(drawing) });
    const rollouts = await learn(policy);
    const answer = rollouts.generate(prompts, sampling);
    await vi.waitFor(() => expect(drawing).toHaveBeenCalledTimes(2));
    await server.restart();
    expect(await answer).toEqual(await drawHere(policy));
  });

  test("what a learner left that was killed is removed by the next one of its folder", async () => {
    const policy = await load();
    const redis = await connect(server.url);
    const killed = await DistributedRollouts.create({ redis: server.url, policy, owner: "runs/killed" });
    await work();
    await killed.generate(prompts, sampling);
    const left = await redis.keys("cai:run:*");
    expect(left.length).toBeGreaterThan(3);
    await learn(policy, { owner: "runs/killed" });
    const now = await redis.keys("cai:run:*");
    expect(now.filter((key) => left.includes(key))).toEqual([]);
    redis.disconnect();
    await killed.dispose();
  });

  test("an aborted step ends at once, and its jobs go", async () => {
    const policy = await load();
    const rollouts = await learn(policy);
    const controller = new AbortController();
    const answer = rollouts.generate(prompts, { ...sampling, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("stopped")), 300);
    await expect(answer).rejects.toThrow("stopped");
    const redis = await connect(server.url);
    expect(await redis.keys("cai:rollout-*-rollout-*")).toEqual([]);
    redis.disconnect();
  });

  /** Makes steps, with an update behind each; `wait` lets workers draw ahead meanwhile. */
  async function makeSteps(generator: Generator, policy: CausalPolicy, steps: number, wait: (step: number) => unknown = () => {}) {
    const drawn: { readonly generation: Generation; readonly drawnAfter: readonly number[] | undefined }[] = [];
    const of = (step: number) => ({ ...sampling, draws: { ...sampling.draws, step } });
    for (let step = 1; step <= steps; step++) {
      const ahead = Array.from({ length: Math.min(generator.lookahead!, steps - step) }, (_, next) => step + 1 + next);
      generator.foresee!(ahead.map((later) => ({ prompts, sampling: of(later) })));
      const generation = await generator.generate(prompts, of(step));
      drawn.push({ generation, drawnAfter: generator.drawnAfter?.() });
      await wait(step);
      nudge(policy);
    }
    return drawn;
  }

  test("workers draw ahead with weights that are at most so old, and one machine makes the same again from the record", async () => {
    const policy = await load();
    await work();
    await work({ generatorOf: before(() => seconds(0.02)) });
    const rollouts = await learn(policy, { staleness: 2 });
    expect(rollouts).toMatchObject({ lookahead: 2, drawsAsPolicy: false });
    const drawn = await makeSteps(rollouts, policy, 6, (step) => seconds(step % 2 === 0 ? 0 : 0.1));
    const ages = drawn.map(({ drawnAfter }, index) => drawnAfter!.map((after) => index - after));
    expect(ages.flat().every((age) => age >= 0 && age <= 2)).toBe(true);
    expect(Math.max(...ages.flat())).toBeGreaterThan(0);
    expect(rollouts.metrics()["workers/staleness_max"]).toBe(Math.max(...ages.at(-1)!));

    const again = await load();
    const drawnAfter = new Map(drawn.map((step, index) => [index + 1, step.drawnAfter!]));
    const recorded = recordedRollouts({ generator: again, rowsPerJob: 1, staleness: 2, drawnAfter });
    expect(await makeSteps(recorded, again, 6)).toEqual(drawn);
  });

  test("an answer of older weights than that, as from a Redis that lost its last words, is asked for again", async () => {
    const policy = await load();
    const rollouts = await learn(policy, { staleness: 1 });
    const redis = await connect(server.url);
    ends.unshift(() => redis.disconnect());
    const rows = prompts.shape[0];
    let slices = 0;
    const counting = () => work({ generatorOf: before(() => ++slices) });
    const drawsNext = (steps: number) => expect.poll(() => slices, { timeout: 10_000 }).toBe(steps * rows);
    const newest = async () => (await redis.keys("cai:run:*:newest"))[0]!;
    let worker = await counting();
    let first: string | null = null;
    const drawn = await makeSteps(rollouts, policy, 3, async (step) => {
      if (step === 1) {
        first = await redis.get(await newest());
        await drawsNext(2);
        await worker.stop();
      } else if (step === 2) {
        await redis.set(await newest(), first!); // step 3 must be drawn with the weights after step 1, or newer ones
        worker = await counting();
        await drawsNext(3);
      }
    });
    expect(drawn.map(({ drawnAfter }) => drawnAfter)).toEqual([0, 0, 2].map((after) => Array(rows).fill(after)));
  });

  test("a worker tells who it is and how fast it draws", async () => {
    const policy = await load();
    await work();
    const rollouts = await learn(policy);
    await rollouts.generate(prompts, sampling);
    const present = () => listWorkers(server.url);
    await expect.poll(present).toEqual([expect.objectContaining({ pid: process.pid, jobsDone: prompts.shape[0], jobsFailed: 0 })]);
    expect((await present())[0]!.tokensPerSecond).toBeGreaterThan(0);
  });

  test.each(["a folder", "a server"])("weights go by %s, of which nothing is left either", async (way) => {
    const policy = await load();
    const folder = await temporaryFolder();
    const served = await startWeightServer({ folder, token: "t0ken" });
    ends.push(() => served.close());
    const how = way === "a folder" ? { weightsFolder: folder } : { weightsAddress: served.url, weightsToken: "t0ken" };
    await work(how);
    const rollouts = await learn(policy, how);
    expect(await rollouts.generate(prompts, sampling)).toEqual(await drawHere(policy));
    expect(await readdir(folder)).toHaveLength(1);
    const redis = await connect(server.url);
    expect(await redis.keys("cai:run:*:weights:*")).toEqual([]);
    redis.disconnect();
    await rollouts.dispose();
    expect(await readdir(folder)).toEqual([]);
  });

  test("what a killed learner left in the folder of weights is removed by the next one of its own", async () => {
    const policy = await load();
    const weightsFolder = await temporaryFolder();
    const killed = await DistributedRollouts.create({ redis: server.url, policy, owner: "runs/killed", weightsFolder });
    await work({ weightsFolder });
    await killed.generate(prompts, sampling);
    expect(await readdir(weightsFolder)).toHaveLength(1);
    await learn(policy, { owner: "runs/killed", weightsFolder });
    expect(await readdir(weightsFolder)).toEqual([]);
    await killed.dispose();
  });

  test("a folder and an address at once, and what is no address, are refused before anything is asked", async () => {
    const policy = await load();
    const both = { weightsFolder: "x", weightsAddress: "http://127.0.0.1:1" };
    const [redis, owner] = ["redis://127.0.0.1:1", "x"];
    await expect(DistributedRollouts.create({ redis, policy, owner, ...both })).rejects.toMatchObject({ code: "bad-option" });
    await expect(startRolloutWorker({ redis, policy, ...both })).rejects.toMatchObject({ code: "bad-option" });
    await expect(startRolloutWorker({ redis, policy, weightsAddress: "ftp://x" })).rejects.toThrow(/no address of a store of weights/);
  });
});
