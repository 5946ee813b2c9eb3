import { relative } from "node:path";
import { prepareBackend } from "@cai/backend";
import { refuseExistingRun } from "@cai/run-log";
import { PPOTrainer, type StepResult } from "@cai/trainer";
import { describeBackend } from "./describe-backend.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { abortOnInterrupt } from "./interrupt.ts";
import { loraConfig } from "./lora-settings.ts";
import { preparePrompts } from "./prepare-prompts.ts";
import { progressBar } from "./progress-bar.ts";
import { readPrompts } from "./read-prompts.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { openRolloutEngine } from "./rollout-engine.ts";
import { terminalOf } from "./terminal.ts";
import type { TrainSettings } from "./train-settings.ts";

/** Trains as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output. */
export async function runTraining(
  settings: TrainSettings,
  { resume, json }: { readonly resume: boolean; readonly json: boolean },
): Promise<void> {
  const { hyperparameters, out, lora, rollout, recompute } = settings;
  if (!resume) await readingInput(() => refuseExistingRun(out));
  const prompts = await readPrompts(settings.prompts);
  const evaluationPrompts = settings.evalPrompts === undefined ? undefined : await readPrompts(settings.evalPrompts);
  const terminal = terminalOf(process.stderr);
  const bar = json && !terminal.interactive ? undefined : progressBar(terminal, hyperparameters.steps);
  const say = (line: string): void => bar?.say(line);

  const backend = await prepareBackend();
  const policy = await resolvePolicy(settings.policy, { lora: lora && { ...lora, seed: hyperparameters.seed }, recompute });
  const limits = { tokenizer: policy.tokenizer, contextLength: policy.contextLength, maxNewTokens: hyperparameters.maxNewTokens };
  const training = preparePrompts(prompts, limits);
  const held = evaluationPrompts && preparePrompts(evaluationPrompts, limits);
  const rewardModel = await resolveReward(settings.reward);

  const generator = await openRolloutEngine(rollout, policy);
  const trainer = await PPOTrainer.create({ policy, rewardModel, ...(generator && { generator }), ...hyperparameters });
  say(terminal.dim(describeBackend(backend)));
  const interrupt = abortOnInterrupt(say);
  try {
    await trainer.train(training, {
      out,
      resume,
      progress: false,
      signal: interrupt.signal,
      ...(held && { evaluationPrompts: held }),
      config: {
        policy: settings.policy,
        reward: settings.reward,
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
        onCheckpoint: (directory) => say(terminal.dim(`checkpoint ${relative(process.cwd(), directory)}`)),
      },
    });
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    throw new CliError("interrupted", `Interrupted after ${trainer.step} steps: the same command with --resume goes on from there.`, {
      cause: error,
    });
  } finally {
    interrupt.release();
    bar?.end();
    trainer.dispose();
    await generator?.dispose();
    policy.dispose();
    await rewardModel.dispose?.();
  }
  if (!json) process.stdout.write(`${hyperparameters.steps} steps done; the trained ${lora ? "adapter" : "policy"} is in ${out}/final\n`);
}

/** What a progress bar shows of a step. */
export const progressOf = ({ step, meanReward, klPerToken, metrics }: StepResult) => ({
  step,
  reward: meanReward,
  klPerToken,
  seconds: metrics["time/total"] ?? Number.NaN,
});
