import { prepareBackend } from "@cai/backend";
import { readPrompts } from "@cai/data";
import { withoutSecrets } from "@cai/endpoint";
import { algorithms, type Evaluation, type OnPolicyStepResult } from "@cai/trainer";
import { disposing } from "@cai/training";
import { stepExplainer } from "./explain-steps.ts";
import { endedBySignal } from "./interrupt.ts";
import { loraConfig } from "./lora-settings.ts";
import { memoryLines } from "./memory-lines.ts";
import { preparePrompts } from "./prepare-prompts.ts";
import { dataReader } from "./read-data.ts";
import { refuseOut } from "./refuse-out.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { fitResponseLength, longestPrompt } from "./response-length.ts";
import { openRolloutEngine } from "./rollout-engine.ts";
import { versionsOf } from "./run-config.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import type { RunFlags } from "./run-flags.ts";
import { runTrainer } from "./run-trainer.ts";
import type { TrainSettings } from "./train-settings.ts";
import { print } from "./visible.ts";

/** Trains as the settings say, and tells how it goes: progress on standard error, with `json` a line a step on standard output. */
export async function runTraining(settings: TrainSettings, { json, ...use }: RunFlags): Promise<void> {
  const { out, lora, rollout, recompute, skipBadLines, algorithm } = settings;
  await refuseOut(out, use);
  const reader = dataReader({ skipBadLines });
  const { rows: prompts } = await reader.read(readPrompts, settings.prompts);
  const evaluationPrompts = settings.evalPrompts === undefined ? undefined : (await reader.read(readPrompts, settings.evalPrompts)).rows;
  const display = runDisplay({ json, steps: settings.hyperparameters.steps });

  await disposing(async (own) => {
    const before = own(endedBySignal());
    const backend = await prepareBackend();
    const adapter = lora && { ...lora, seed: settings.hyperparameters.seed };
    const policy = own(await resolvePolicy(settings.policy, { lora: adapter, recompute }));
    const { tokenizer, contextLength } = policy;
    const preferred = settings.hyperparameters.maxNewTokens;
    const limits = { tokenizer, contextLength, maxNewTokens: settings.freeResponseLength ? 1 : preferred };
    const trainingPrompts = preparePrompts(prompts, limits);
    const heldOut = evaluationPrompts && preparePrompts(evaluationPrompts, limits);
    const longest = longestPrompt([...trainingPrompts, ...(heldOut ?? [])], tokenizer);
    const fitted = settings.freeResponseLength && fitResponseLength(longest, { contextLength, preferred });
    if (fitted && fitted.told !== undefined) display.terminal.write(`${fitted.told}\n`);
    const hyperparameters = { ...settings.hyperparameters, ...(fitted && { maxNewTokens: fitted.maxNewTokens }) };
    const rewardModel = own(await resolveReward(settings.reward, settings.rewardFlags));
    const generator = await openRolloutEngine(rollout, policy);
    if (generator) own(generator);
    const trainer = own(await algorithms[algorithm].create({ policy, rewardModel, ...(generator && { generator }), ...hyperparameters }));
    sayBackend(display, backend);
    const reference = lora === undefined && backend.name !== "tensorflow" ? policy.memory.weights : 0;
    const memory = memoryLines(policy, { shape: hyperparameters, promptTokens: longest, reference });
    if (memory.warning !== undefined) display.notice(memory.warning);
    else display.say(display.terminal.dim(memory.told));
    await runTrainer({
      display,
      before,
      train: (how) =>
        trainer.train(trainingPrompts, {
          ...how,
          ...use,
          out,
          ...(heldOut && { evaluationPrompts: heldOut }),
          config: {
            policy: settings.policy,
            reward: withoutSecrets(settings.reward),
            ...settings.rewardFlags,
            prompts: settings.prompts,
            evalPrompts: settings.evalPrompts,
            algorithm,
            rollout,
            recompute,
            skipBadLines,
            ...(lora && loraConfig(lora)),
            versions: versionsOf(backend),
          },
        }),
      stepsDone: () => trainer.step,
      figures: rewardFigures,
      explain: stepExplainer(),
      evaluated: describeEvaluation,
    });
  });
  reader.tellSkipped();
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
