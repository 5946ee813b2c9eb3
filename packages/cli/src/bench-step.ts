import { createInterface } from "node:readline/promises";
import { uniforms } from "@cai/random";
import { PPOTrainer } from "@cai/trainer";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { resolveLora } from "./lora-settings.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { openRolloutEngine, type RolloutEngine } from "./rollout-engine.ts";
import { print } from "./visible.ts";

/** The flags of `cai bench step`. */
export interface BenchFlags {
  readonly model: string;
  readonly batch: number;
  readonly prompt: number;
  readonly response: number;
  readonly epochs: number;
  readonly steps: number;
  readonly lora?: number;
  readonly json?: boolean;
  readonly rollout?: RolloutEngine;
  readonly recompute?: boolean;
  readonly paced?: boolean;
}

/** Above any gradient's norm: nothing is clipped. */
const noClipping = 1e30;

/**
 * Times PPO steps on random weights and random prompts: generation to exactly `response` tokens, then everything else (scores, reference,
 * epochs of one minibatch, the whole batch, with the value head and every parameter trained, or with `lora` an adapter of that rank on all
 * linear layers). Gradients are not clipped, as in TRL. A line for each step; with `paced`, a step begins when a line comes in on standard
 * input, so that two programs can take turns.
 */
export async function benchStep(flags: BenchFlags): Promise<void> {
  const lora = resolveLora({ lora: flags.lora });
  await prepareChosenBackend();
  const source = flags.model.includes("/") ? flags.model : `random:${flags.model}`;
  const policy = await resolvePolicy(source, { lora: lora && { ...lora, seed: 0 }, recompute: flags.recompute ?? false });
  const prompts = Array.from({ length: flags.batch }, (_, row) => {
    const draws = uniforms({ seed: 0, stream: "bench-prompts", counters: [row], count: flags.prompt });
    return Int32Array.from(draws, (draw) => Math.floor(draw * policy.vocabSize));
  });
  const generator = await openRolloutEngine(flags.rollout ?? "policy", policy);
  const trainer = await PPOTrainer.create({
    policy,
    ...(generator && { generator }),
    rewardModel: async ({ responses }) => Float32Array.from(responses, (_, row) => row % 2),
    batchSize: flags.batch,
    minNewTokens: flags.response,
    maxNewTokens: flags.response,
    epochs: flags.epochs,
    maxGradNorm: noClipping,
    valueLearningRate: 0, // one optimizer for everything, as in TRL
    steps: flags.steps,
  });
  const steps = trainer.steps(prompts);
  for await (const { step, metrics } of flags.paced ? paced(steps) : steps) {
    const totalSeconds = metrics["time/total"]!;
    const generateSeconds = metrics["time/generate"]!;
    const peakRssBytes = process.resourceUsage().maxRSS * 1024;
    const epochSeconds = metrics["time/train"]! / flags.epochs;
    const times = { step, generateSeconds, trainSeconds: totalSeconds - generateSeconds, totalSeconds, peakRssBytes, epochSeconds };
    print(`${flags.json ? JSON.stringify(times) : describe(times)}\n`);
  }
}

async function* paced<Step>(steps: AsyncGenerator<Step>): AsyncGenerator<Step> {
  for await (const _ of createInterface({ input: process.stdin })) {
    const { done, value } = await steps.next();
    if (done) return;
    yield value;
  }
}

function describe(times: Record<"step" | "generateSeconds" | "trainSeconds" | "totalSeconds" | "peakRssBytes", number>): string {
  const [generate, train, total] = [times.generateSeconds, times.trainSeconds, times.totalSeconds].map((seconds) => seconds.toFixed(2));
  return `step ${times.step}: generate ${generate} s, train ${train} s, total ${total} s; peak ${(times.peakRssBytes / 1e9).toFixed(2)} GB`;
}
