import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { adapterCases } from "./adapter/adapter-cases.ts";
import type { CaseResult } from "./case.ts";
import { policyCases } from "./policy/policy-cases.ts";
import { ppoStepCases } from "./ppo-step/ppo-step-cases.ts";
import { rewardCases } from "./reward-cases.ts";
import { smollm2Cases } from "./smollm2/smollm2-cases.ts";
import { dpoCases } from "./trainers/dpo-cases.ts";
import { groupCases } from "./trainers/group-cases.ts";
import { rewardTrainerCases } from "./trainers/reward-trainer-cases.ts";
import { sftCases } from "./trainers/sft-cases.ts";
import { trlCases } from "./trl/trl-cases.ts";
import { vectorCases } from "./vectors/vector-cases.ts";

/** A golden file and the cases in it. */
export interface GoldenSource {
  /** Below the golden folder. */
  readonly file: string;
  readonly cases: () => AsyncIterable<CaseResult>;
}

/** What a golden folder may hold; all of it is optional. */
export const lookedFor =
  "vectors.json, trl_ppo_steps.json, trl_grpo.json, trl_rloo.json, trl_dpo.json, trl_reward.json, trl_sft.json (whose updates need the models beside them), smollm2-expected.json, and expected.json or ppo_step.json in folders of models and adapters";

/** The golden files in a folder. A model's folder may have any name; what it holds says what it is. */
export async function findSources(folder: string): Promise<GoldenSource[]> {
  const entries = await readdir(folder);
  const sources: GoldenSource[] = [];
  const add = (file: string, cases: (file: string, path: string) => AsyncIterable<CaseResult>) => {
    if (existsSync(join(folder, file))) sources.push({ file, cases: () => cases(file, join(folder, file)) });
  };
  add("vectors.json", vectorCases);
  add("trl_ppo_steps.json", (file, path) => trlCases(file, path, join(folder, "tiny-gpt2")));
  for (const algorithm of ["grpo", "rloo"] as const)
    add(`trl_${algorithm}.json`, (file, path) => groupCases(file, path, folder, algorithm));
  add("trl_dpo.json", (file, path) => dpoCases(file, path, folder));
  add("trl_reward.json", (file, path) => rewardTrainerCases(file, path, folder));
  add("trl_sft.json", (file, path) => sftCases(file, path, folder));
  add("smollm2-expected.json", smollm2Cases);
  for (const name of entries.sort()) {
    const directory = join(folder, name);
    const isAdapter = existsSync(join(directory, "adapter_config.json"));
    const expectedCases = isAdapter ? adapterCases : (await isRewardModel(directory)) ? rewardCases : policyCases;
    for (const [golden, cases] of Object.entries({ "expected.json": expectedCases, "ppo_step.json": ppoStepCases }))
      add(`${name}/${golden}`, (file) => cases(file, directory));
  }
  return sources;
}

/** Where config.json is missing or broken, loading the model says so. */
async function isRewardModel(directory: string): Promise<boolean> {
  const text = await readFile(join(directory, "config.json"), "utf8").catch(() => "{}");
  let config: { architectures?: readonly string[] } = {};
  try {
    config = JSON.parse(text);
  } catch {}
  return config.architectures?.some((name) => name.endsWith("ForSequenceClassification")) ?? false;
}
