import { withoutSecrets } from "@cai/endpoint";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { CliError } from "./error.ts";
import { onFirstSignal } from "./first-signal.ts";
import { engineName } from "./open-generator.ts";
import { ReadyFile } from "./ready-file.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { checkRewardFlags, type RewardFlags } from "./reward-flags.ts";
import { rewardName } from "./reward-name.ts";
import { checkRolloutEngine, openCoding, openRolloutEngine } from "./rollout-engine.ts";
import { terminalOf } from "./terminal.ts";
import { print } from "./visible.ts";
import { checkRoles, redisOf, resolveWeights, type WeightsWay } from "./worker-flags.ts";

/** The flags of `cai worker`. */
export interface WorkerFlags extends RewardFlags {
  readonly redis?: string;
  readonly roles: string;
  readonly policy?: string;
  readonly reward?: string;
  readonly rollout?: string;
  readonly threads?: number;
  readonly weightsFolder?: string;
  readonly weightsAddress?: string;
  readonly readyFile?: string;
  readonly json?: boolean;
}

interface Part {
  readonly told: string;
  stop(): Promise<void>;
}

/** Takes jobs until a signal comes, which is how it is meant to end; the job that it is at is done first. */
export async function runWorker(flags: WorkerFlags): Promise<void> {
  const redis = redisOf(flags.redis, "worker");
  const roles = checkRoles(flags.roles);
  const needed = { rollout: "policy", score: "reward" } as const;
  const missing = roles.map((role) => needed[role]).find((name) => flags[name] === undefined);
  if (missing !== undefined) throw new CliError("usage", `cai worker --roles ${flags.roles} needs --${missing}`);
  const weights = resolveWeights(flags);
  if (flags.threads !== undefined) limitThreads(flags.threads);
  const terminal = terminalOf(process.stderr);
  const ready = flags.readyFile === undefined ? undefined : new ReadyFile(flags.readyFile);
  const onFault = (line: string) => terminal.write(`${line}\n`);
  const common = { redis, onFault, onPresence: () => ready?.renew() };
  const parts: Part[] = [];
  let release = () => {};
  const signal = new Promise<void>((heard) => {
    release = onFirstSignal(() => heard());
  });
  try {
    if (roles.includes("score")) parts.push(await startScoring(flags, common));
    if (roles.includes("rollout")) parts.push(await startDrawing(flags, weights, common));
    ready?.write();
    const shown = withoutSecrets(redis);
    const told = parts.map((part) => part.told).join(", and ");
    print(
      flags.json ? `${JSON.stringify({ redis: shown, roles, pid: process.pid })}\n` : `takes jobs at ${shown}: ${told}. Ctrl-C ends it.\n`,
    );
    await signal;
  } finally {
    release();
    ready?.remove();
    for (const part of parts) await part.stop();
  }
}

type Common = { readonly redis: string; readonly onFault: (line: string) => void; readonly onPresence: () => void };

async function startScoring(flags: WorkerFlags, common: Common): Promise<Part> {
  const { startScoreWorker } = await import("@cai/distributed");
  const told = checkRewardFlags({ ...flags });
  const rewardModel = await resolveReward(flags.reward!, told);
  const worker = await startScoreWorker({ ...common, rewardModel, reward: await rewardName(flags.reward!, told) });
  const stop = async () => {
    await worker.stop();
    await rewardModel.dispose?.();
  };
  return { told: `scores with ${withoutSecrets(flags.reward!)}`, stop };
}

async function startDrawing(flags: WorkerFlags, weights: WeightsWay, common: Common): Promise<Part> {
  const { startRolloutWorker } = await import("@cai/distributed");
  const rollout = checkRolloutEngine(flags.rollout);
  const backend = await prepareChosenBackend();
  const policy = await resolvePolicy(flags.policy!);
  const engine = engineName(rollout, backend);
  const coding = await openCoding(rollout, policy);
  const generatorOf = async (own: typeof policy) => (await openRolloutEngine(rollout, own)) ?? own;
  const worker = await startRolloutWorker({ ...common, ...weights, policy, engine, coding, generatorOf });
  const stop = async () => {
    await worker.stop();
    policy.dispose();
  };
  return { told: `draws with ${flags.policy} by ${engine} on ${backend.name}`, stop };
}

/** Native TensorFlow reads these as it loads. */
function limitThreads(threads: number): void {
  for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) process.env[name] = String(threads);
}
