import { existsSync } from "node:fs";
import { demoPrompts } from "@cai/demo";
import { type Evaluation, PPOTrainer } from "@cai/trainer";
import { disposing } from "@cai/training";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { type DemoOutcome, demoReport, demoResult } from "./demo-report.ts";
import { demoSettings } from "./demo-settings.ts";
import { endedBySignal } from "./interrupt.ts";
import { refuseOut } from "./refuse-out.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { openRolloutEngine, type RolloutEngine } from "./rollout-engine.ts";
import { versionsOf } from "./run-config.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import { runTrainer } from "./run-trainer.ts";
import { rewardFigures } from "./run-training.ts";
import { terminalOf } from "./terminal.ts";
import { print } from "./visible.ts";

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
  await refuseOut(out);
  const backend = await prepareChosenBackend();
  const hyperparameters = {
    ...demoSettings.hyperparameters,
    ...(steps !== undefined && { steps, checkpointEvery: Math.min(steps, demoSettings.hyperparameters.checkpointEvery) }),
    ...(seed !== undefined && { seed }),
  };
  const display = runDisplay({ json, steps: hyperparameters.steps });
  const { say, terminal } = display;
  await disposing(async (own) => {
    const before = own(endedBySignal());
    const policy = own(await resolvePolicy("demo"));
    const rewardModel = own(await resolveReward("demo"));
    const generator = await openRolloutEngine(rollout, policy);
    if (generator) own(generator);
    const trainingPrompts = await demoPrompts({ split: "train" });
    const heldOut = (await demoPrompts({ split: "heldout" })).slice(0, demoSettings.heldOutPrompts);
    const parts = { policy, rewardModel, ...(generator && { generator }) };
    const trainer = own(await PPOTrainer.create({ ...parts, ...hyperparameters, evaluateEvery: hyperparameters.steps }));

    const parameters = [...policy.parameters.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    say(terminal.bold("A small language model learns by PPO to write more warmly."));
    say(`policy   GPT-2 with ${(parameters / 1e6).toFixed(1)} M parameters, pretrained on public-domain English`);
    say("reward   an ONNX classifier: warm against hostile wording");
    say(`prompts  ${trainingPrompts.length}, and ${heldOut.length} held out, which are answered before and after`);
    sayBackend(display, backend);

    const began = performance.now();
    const config = {
      policy: "demo",
      reward: "demo",
      prompts: "demo",
      evalPrompts: "demo",
      algorithm: "ppo",
      rollout,
      versions: versionsOf(backend),
    };
    const history = await runTrainer({
      display: { ...display, json: false }, // its one line of JSON comes at the end
      before,
      train: (how) => trainer.train(trainingPrompts, { ...how, out, evaluationPrompts: heldOut, config }),
      stepsDone: () => trainer.step,
      figures: rewardFigures,
      evaluated: ({ step, meanScore }: Evaluation) =>
        `${step === 0 ? "before" : "after"}   mean reward ${meanScore.toFixed(3)} on the held-out prompts`,
    });
    const outcome: DemoOutcome = {
      history,
      backend: backend.name,
      setupSeconds: Number(process.env.CAI_SETUP_SECONDS) || 0,
      trainSeconds: (performance.now() - began) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      out,
    };
    const report = json ? [] : demoReport(outcome, terminalOf(process.stdout));
    print([...report, JSON.stringify(demoResult(outcome)), ""].join("\n"));
  });
}

/** `runs/demo-1`, or the first number that is not taken. */
function freeFolder(): string {
  let number = 1;
  while (existsSync(`runs/demo-${number}`)) number++;
  return `runs/demo-${number}`;
}
