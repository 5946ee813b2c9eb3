import type { PromptRow, ReadRow } from "@cai/data";
import { withoutSecrets } from "@cai/endpoint";
import { isRewardModule } from "@cai/reward-model";
import { algorithms } from "@cai/trainer";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { loraConfig } from "./lora-settings.ts";
import { memoryLines } from "./memory-lines.ts";
import { openGenerator } from "./open-generator.ts";
import { openReference } from "./open-reference.ts";
import { openReward } from "./open-reward.ts";
import { preparePrompts } from "./prepare-prompts.ts";
import { dataReader } from "./read-data.ts";
import { readPromptRows } from "./read-prompts.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { fitResponseLength, longestPrompt } from "./response-length.ts";
import { versionsOf } from "./run-config.ts";
import type { TrainSettings } from "./train-settings.ts";

/** The prompts of a run, as they stand in their files. */
export interface TrainingData {
  readonly prompts: readonly ReadRow<PromptRow>[];
  readonly evaluationPrompts: readonly ReadRow<PromptRow>[] | undefined;
  /** Tells how many lines were passed over. */
  tellSkipped(): void;
}

/** Reads the files of prompts that the settings name. */
export async function readTrainingData({ prompts, evalPrompts, reward, skipBadLines }: TrainSettings): Promise<TrainingData> {
  const reader = dataReader({ skipBadLines });
  const columns = isRewardModule(reward); // other rewards look at texts only
  return {
    prompts: await readPromptRows(reader, prompts, { split: "train", columns }),
    evaluationPrompts: evalPrompts === undefined ? undefined : await readPromptRows(reader, evalPrompts, { split: "heldout", columns }),
    tellSkipped: () => reader.tellSkipped(),
  };
}

/**
 * Everything that `cai train` trains with, as the settings say: the backend, the policy, the reward, what writes the responses, and the trainer.
 *
 * @param own takes what the caller disposes of.
 * @throws CliError `usage`
 */
export async function openTraining(
  settings: TrainSettings,
  data: TrainingData,
  own: <Part extends { dispose?(): unknown }>(part: Part) => Part,
) {
  const { lora, rollout, recompute, skipBadLines, algorithm } = settings;
  const backend = await prepareChosenBackend();
  const rewardModel = own(await openReward(settings)); // what is wrong with it shows before the policy is loaded
  const adapter = lora && { ...lora, seed: settings.hyperparameters.seed };
  const policy = own(await resolvePolicy(settings.policy, { lora: adapter, recompute }));
  const { tokenizer, contextLength } = policy;
  const preferred = settings.hyperparameters.maxNewTokens;
  const limits = { tokenizer, contextLength, maxNewTokens: settings.freeResponseLength ? 1 : preferred };
  const prompts = preparePrompts(data.prompts, limits);
  const evaluationPrompts = data.evaluationPrompts && preparePrompts(data.evaluationPrompts, limits);
  const longest = longestPrompt([...prompts, ...(evaluationPrompts ?? [])], tokenizer);
  const fitted = settings.freeResponseLength && fitResponseLength(longest, { contextLength, preferred });
  const hyperparameters = { ...settings.hyperparameters, ...(fitted && { maxNewTokens: fitted.maxNewTokens }) };
  const generator = await openGenerator(settings, policy, backend);
  if (generator) own(generator);
  const reference = await openReference(settings, policy, backend);
  if (reference) own(reference);
  const parts = { policy, rewardModel, ...(generator && { generator }), ...(reference && { reference }) };
  const trainer = own(await algorithms[algorithm].create({ ...parts, ...hyperparameters }));
  const hasCopy = reference === undefined && lora === undefined && backend.name !== "tensorflow";
  return {
    backend,
    policy,
    trainer,
    prompts,
    evaluationPrompts,
    memory: memoryLines(policy, { shape: hyperparameters, promptTokens: longest, reference: hasCopy ? policy.memory.weights : 0 }),
    /** What became of a length of responses that nobody chose. */
    told: fitted ? fitted.told : undefined,
    /** What `config.json` tells beside the trainer's own options. */
    config: {
      policy: settings.policy,
      reward: withoutSecrets(settings.reward),
      ...settings.rewardFlags,
      prompts: settings.prompts,
      evalPrompts: settings.evalPrompts,
      algorithm,
      rollout,
      rowsPerJob: settings.rowsPerJob, // who drew changes no byte: a run on workers is made again, and gone on with, on one machine
      ...(settings.staleness.staleness > 0 && { staleness: settings.staleness.staleness }),
      recompute,
      skipBadLines,
      ...(lora && loraConfig(lora)),
      versions: versionsOf(backend),
    },
  };
}
