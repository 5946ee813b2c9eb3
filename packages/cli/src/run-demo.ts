import { existsSync } from "node:fs";
import { prepareBackend } from "@cai/backend";
import { demoPrompts } from "@cai/demo";
import { refuseExistingRun } from "@cai/run-log";
import { type DemoOutcome, demoReport, demoResult } from "./demo-report.ts";
import { demoSettings } from "./demo-settings.ts";
import { describeBackend } from "./describe-backend.ts";
import { readingInput } from "./exit-codes.ts";
import { progressBar } from "./progress-bar.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import type { RolloutEngine } from "./rollout-engine.ts";
import { progressOf } from "./run-training.ts";
import { terminalOf } from "./terminal.ts";
import { withTrainer } from "./with-trainer.ts";

/** The flags of `cai demo`. */
export interface DemoFlags {
  readonly steps?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly rollout?: RolloutEngine;
}

/**
 * Trains the embedded policy and shows what came of it: held-out prompts answered before and after, with the same draws. The report goes
 * to standard output and ends with a line of JSON; progress goes to standard error.
 */
export async function runDemo({ steps, seed, out = freeFolder(), json = false, rollout = "policy" }: DemoFlags): Promise<void> {
  await readingInput(() => refuseExistingRun(out));
  const progress = terminalOf(process.stderr);
  const backend = await prepareBackend();
  const policy = await resolvePolicy("demo");
  const rewardModel = await resolveReward("demo");
  const training = await demoPrompts({ split: "train" });
  const heldOut = (await demoPrompts({ split: "heldout" })).slice(0, demoSettings.heldOutPrompts);
  const hyperparameters = {
    ...demoSettings.hyperparameters,
    ...(steps !== undefined && { steps, checkpointEvery: Math.min(steps, demoSettings.hyperparameters.checkpointEvery) }),
    ...(seed !== undefined && { seed }),
  };
  const bar = json && !progress.interactive ? undefined : progressBar(progress, hyperparameters.steps);
  const parts = { policy, rewardModel, rollout, hyperparameters: { ...hyperparameters, evaluateEvery: hyperparameters.steps }, bar };
  await withTrainer(parts, async (trainer, signal) => {
    const parameters = [...policy.parameters.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    bar?.say(progress.bold("A small language model learns by PPO to write more warmly."));
    bar?.say(`policy   GPT-2 with ${(parameters / 1e6).toFixed(1)} M parameters, pretrained on public-domain English`);
    bar?.say("reward   an ONNX classifier: warm against hostile wording");
    bar?.say(`prompts  ${training.length}, and ${heldOut.length} held out, which are answered before and after`);
    bar?.say(progress.dim(describeBackend(backend)));

    const began = performance.now();
    const history = await trainer.train(training, {
      out,
      signal,
      evaluationPrompts: heldOut,
      config: { policy: "demo", reward: "demo", prompts: "demo", rollout },
      callbacks: {
        onStep: (result) => bar?.show(progressOf(result)),
        onEvaluation: ({ step, meanScore }) =>
          bar?.say(`${step === 0 ? "before" : "after"}   mean reward ${meanScore.toFixed(3)} on the held-out prompts`),
      },
    });
    bar?.end();
    const outcome: DemoOutcome = {
      history,
      backend: backend.name,
      setupSeconds: Number(process.env.CAI_SETUP_SECONDS) || 0,
      trainSeconds: (performance.now() - began) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      out,
    };
    const report = json ? [] : demoReport(outcome, terminalOf(process.stdout));
    process.stdout.write([...report, JSON.stringify(demoResult(outcome)), ""].join("\n"));
  });
}

/** `runs/demo-1`, or the first number that is not taken. */
function freeFolder(): string {
  let number = 1;
  while (existsSync(`runs/demo-${number}`)) number++;
  return `runs/demo-${number}`;
}
