import type { Evaluation, OnPolicyStepResult } from "@cai/trainer";
import { disposing } from "@cai/training";
import { stepExplainer } from "./explain-steps.ts";
import { endedBySignal } from "./interrupt.ts";
import { openTraining, readTrainingData } from "./open-training.ts";
import { refuseOut } from "./refuse-out.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import type { RunFlags } from "./run-flags.ts";
import { runTrainer } from "./run-trainer.ts";
import type { TrainSettings } from "./train-settings.ts";
import { print } from "./visible.ts";

/** Trains as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output. */
export async function runTraining(settings: TrainSettings, { json, ...use }: RunFlags): Promise<void> {
  const { out, lora } = settings;
  await refuseOut(out, use);
  const data = await readTrainingData(settings);
  const display = runDisplay({ json, steps: settings.hyperparameters.steps });

  await disposing(async (own) => {
    const before = own(endedBySignal());
    const { trainer, prompts, evaluationPrompts, config, backend, memory, told } = await openTraining(settings, data, own);
    if (told !== undefined) display.terminal.write(`${told}\n`);
    sayBackend(display, backend);
    if (memory.warning !== undefined) display.notice(memory.warning);
    else display.say(display.terminal.dim(memory.told));
    await runTrainer({
      display,
      before,
      train: (how) => trainer.train(prompts, { ...how, ...use, out, ...(evaluationPrompts && { evaluationPrompts }), config }),
      stepsDone: () => trainer.step,
      figures: rewardFigures,
      explain: stepExplainer(),
      evaluated: describeEvaluation,
    });
  });
  data.tellSkipped();
  if (!json) print(`${settings.hyperparameters.steps} steps done; the trained ${lora ? "adapter" : "policy"} is in ${out}/final\n`);
}

/** What a progress bar shows of a step on scored responses. */
export const rewardFigures = ({ meanReward, klPerToken }: OnPolicyStepResult) => ({
  reward: meanReward,
  "kl/token": klPerToken,
});

function describeEvaluation({ step, meanScore, klPerToken }: Evaluation): string {
  const kl = Number.isNaN(klPerToken) ? "" : `, kl/token ${klPerToken.toFixed(3)}`;
  return `step ${step}: held-out reward ${meanScore.toFixed(3)}${kl}`;
}
