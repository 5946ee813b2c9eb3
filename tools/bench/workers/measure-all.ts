import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { type PreparedBackend, prepareBackend } from "@cai/backend";
import { demoPolicyDirectory } from "@cai/demo";
import { addLora, loadPolicy } from "@cai/policy";
import { startRedis } from "@cai/testing";
import { engineName } from "../../../packages/cli/src/open-generator.ts";
import { connect } from "../../../packages/distributed/src/connect.ts";
import { getSmollm2 } from "../../get-smollm2.mjs";
import { warnWhereBusy } from "../busy.mjs";
import { openTicker } from "../ticker.mjs";
import { measureDraws } from "./measure-draws.ts";
import { measureFullRollouts } from "./measure-full-rollouts.ts";
import { measureLengths } from "./measure-lengths.ts";
import { measureMachineShare } from "./measure-machine-share.ts";
import { measureQueue } from "./measure-queue.ts";
import { allWeightsTrainSeconds, measureStep } from "./measure-step.ts";
import { measureThroughput, startOneAndTwo } from "./measure-throughput.ts";
import { measureWeights, redisBytesPerSecond } from "./measure-weights.ts";
import type { MeasuredCosts, Throughput } from "./measured-costs.ts";
import { promptTokens } from "./random-prompts.ts";

const small = { model: "the demo's policy, 2.6 M parameters", rows: 128, rowsPerJob: 8, tokensPerRow: 64 };
const large = { model: "SmolLM2-135M", rows: 32, rowsPerJob: 4, tokensPerRow: 24 };

/** Everything, by a learner and workers of one thread each. */
export async function measureAll({ pairs }: { readonly pairs: number }): Promise<MeasuredCosts> {
  const ticker = openTicker();
  warnWhereBusy();
  const backend = await prepareBackend();
  const server = await startRedis();
  const folder = await mkdtemp(join(tmpdir(), "cai-workers-"));
  try {
    await keepInMemory(server.url);
    ticker.tell("jobs of nothing");
    const queue = await measureQueue({ redis: `${server.url}/0`, folder });
    ticker.tell(`one worker and two, ${small.model}`);
    const demo = await measureSmall(server.url, backend, pairs);
    return {
      machine: describeMachine(backend),
      measuredAt: new Date().toISOString().slice(0, 10),
      queue,
      redisBytesPerSecond: await redisBytesPerSecond(server.url),
      ...(await measureLarge({ redis: server.url, folder, backend, pairs, demo, tell: ticker.tell })),
    };
  } finally {
    ticker.clear();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureSmall(redis: string, backend: PreparedBackend, pairs: number): Promise<Throughput> {
  const machineShare = await measureMachineShare(demoPolicyDirectory, { ...small, pairs });
  const policy = await loadPolicy(demoPolicyDirectory);
  const rollouts = await startOneAndTwo({ redis, database: 1, policy, source: "demo", engine: engineName("policy", backend), ...small });
  try {
    return { ...(await measureThroughput(rollouts, policy, { ...small, pairs })), machineShare };
  } finally {
    await rollouts.stop();
    policy.dispose();
  }
}

/** What is measured with SmolLM2-135M. */
async function measureLarge({
  redis,
  folder,
  backend,
  pairs,
  demo,
  tell,
}: {
  readonly redis: string;
  readonly folder: string;
  readonly backend: PreparedBackend;
  readonly pairs: number;
  readonly demo: Throughput;
  readonly tell: (text: string) => void;
}): Promise<Omit<MeasuredCosts, "machine" | "measuredAt" | "queue" | "redisBytesPerSecond">> {
  const source = await getSmollm2();
  tell("two processes beside one, without workers");
  const machineShare = await measureMachineShare(source, { ...large, pairs });
  const base = await loadPolicy(source);
  const adapted = addLora(base, { rank: 8 });
  tell("calls of 1 to 16 rows");
  const draw = await measureDraws(adapted);
  tell("lengths of responses");
  const lengths = await measureLengths(adapted);
  const engine = engineName("policy", backend);
  const started = { redis, policy: adapted, source, engine };
  const rollouts = await startOneAndTwo({ ...started, database: 3, rowsPerJob: large.rowsPerJob });
  try {
    tell(`one worker and two, ${large.model}`);
    const throughput = [{ ...(await measureThroughput(rollouts, adapted, { ...large, pairs })), machineShare }, demo];
    tell("steps with a worker and without");
    const withAdapter = await measureStep(adapted, { workersAt: rollouts.databases[0], engine, pairs });
    const step = { ...withAdapter, allWeightsTrainSeconds: await allWeightsTrainSeconds(base) };
    return { draw, lengths, promptTokens, throughput, step, ...(await measureFull()) };
  } finally {
    await rollouts.stop();
    adapted.dispose();
    base.dispose();
  }

  async function measureFull() {
    tell("all weights");
    const fullWeights = await measureFullRollouts(base, { databases: rollouts.databases, engine });
    tell("publishing and loading");
    return { fullWeights, weights: await measureWeights({ redis, folder, full: base, adapted }) };
  }
}

function describeMachine({ name, kernels }: PreparedBackend): string {
  const told = (command: string, flags: readonly string[], what: RegExp) =>
    what.exec(spawnSync(command, flags, { encoding: "utf8" }).stdout ?? "")?.[1];
  const [family, model, cache] = [/^CPU family: +(\d+)/m, /^Model: +(\d+)/m, /^L3 cache: +(.+?)(?: \(|$)/m].map((what) =>
    told("lscpu", [], what),
  );
  const processor = `${cpus()[0]?.model} (family ${family}, model ${model}; L3 ${cache})`;
  const computes = `${name}${kernels === undefined ? "" : ` with the kernels ${kernels.level}`}`;
  const redis = told("redis-server", ["--version"], /v=([\d.]+)/);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processor}, ${availableParallelism()} cores, ${memory} GiB; Node ${process.version}, tfjs on ${computes}, Redis ${redis}`;
}

/** A Redis that writes to disk is measured apart. */
async function keepInMemory(url: string): Promise<void> {
  const redis = await connect(url);
  await redis.config("SET", "appendonly", "no");
  redis.disconnect();
}
