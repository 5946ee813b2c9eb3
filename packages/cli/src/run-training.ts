import { relative } from "node:path";
import { prepareBackend } from "@cai/backend";
import { refuseExistingRun } from "@cai/run-log";
import type { StepResult } from "@cai/trainer";
import { describeBackend } from "./describe-backend.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { loraConfig } from "./lora-settings.ts";
import { preparePrompts } from "./prepare-prompts.ts";
import { progressBar } from "./progress-bar.ts";
import { readPrompts } from "./read-prompts.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { fitResponseLength } from "./response-length.ts";
import { terminalOf } from "./terminal.ts";
import type { TrainSettings } from "./train-settings.ts";
import { withTrainer } from "./with-trainer.ts";

/** Trains as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output. */
export async function runTraining(
  settings: TrainSettings,
  { resume, json }: { readonly resume: boolean; readonly json: boolean },
): Promise<void> {
  const { out, lora, rollout, recompute } = settings;
  if (!resume) await readingInput(() => refuseExistingRun(out));
  const prompts = await readPrompts(settings.prompts);
  const evaluationPrompts = settings.evalPrompts === undefined ? undefined : await readPrompts(settings.evalPrompts);
  const terminal = terminalOf(process.stderr);
  const bar = json && !terminal.interactive ? undefined : progressBar(terminal, settings.hyperparameters.steps);
  const say = (line: string): void => bar?.say(line);

  const backend = await prepareBackend();
  const policy = await resolvePolicy(settings.policy, { lora: lora && { ...lora, seed: settings.hyperparameters.seed }, recompute });
  const { tokenizer, contextLength } = policy;
  const preferred = settings.hyperparameters.maxNewTokens;
  const limits = { tokenizer, contextLength, maxNewTokens: settings.freeResponseLength ? 1 : preferred };
  const training = preparePrompts(prompts, limits);
  const held = evaluationPrompts && preparePrompts(evaluationPrompts, limits);
  const fitted = settings.freeResponseLength && fitResponseLength([...training, ...(held ?? [])], { tokenizer, contextLength, preferred });
  if (fitted && fitted.told !== undefined) terminal.write(`${fitted.told}\n`);
  const hyperparameters = { ...settings.hyperparameters, ...(fitted && { maxNewTokens: fitted.maxNewTokens }) };
  const rewardModel = await resolveReward(settings.reward, settings.rewardFlags);

  await withTrainer({ policy, rewardModel, rollout, hyperparameters, bar }, async (trainer, signal) => {
    say(terminal.dim(describeBackend(backend)));
    const run = trainer.train(training, {
      out,
      resume,
      signal,
      ...(held && { evaluationPrompts: held }),
      config: {
        policy: settings.policy,
        reward: settings.reward,
        ...settings.rewardFlags,
        prompts: settings.prompts,
        evalPrompts: settings.evalPrompts,
        rollout,
        recompute,
        ...(lora && loraConfig(lora)),
      },
      callbacks: {
        onStep: (result) => {
          if (json) process.stdout.write(`${JSON.stringify({ step: result.step, ...result.metrics })}\n`);
          bar?.show(progressOf(result));
        },
        onEvaluation: ({ step, meanScore, klPerToken }) =>
          say(`step ${step}: held-out reward ${meanScore.toFixed(3)}, kl/token ${klPerToken.toFixed(3)}`),
        onNotice: (message) => (bar ? bar.say(message) : terminal.write(`${message}\n`)),
        onCheckpoint: (directory) => say(terminal.dim(`checkpoint ${relative(process.cwd(), directory)}`)),
      },
    });
    await run.catch((cause: unknown) => {
      if (cause !== signal.reason) throw cause;
      const message = `Interrupted after ${trainer.step} steps: the same command with --resume goes on from there.`;
      throw new CliError("interrupted", message, { cause });
    });
  });
  if (!json) process.stdout.write(`${hyperparameters.steps} steps done; the trained ${lora ? "adapter" : "policy"} is in ${out}/final\n`);
}

/** What a progress bar shows of a step. */
export const progressOf = ({ step, meanReward, klPerToken, metrics }: StepResult) => ({
  step,
  reward: meanReward,
  klPerToken,
  seconds: metrics["time/total"] ?? Number.NaN,
});
