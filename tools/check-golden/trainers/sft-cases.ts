import { loadPolicy } from "@cai/policy";
import { SFTTrainer } from "@cai/sft";
import type { CaseResult } from "../case.ts";
import { readJson } from "../golden-json.ts";
import { compareOneUpdate, type TrainerRun, updateCases } from "./update-cases.ts";
import { adamOptions, type UpdateCase } from "./update-file.ts";
import { watchUpdates } from "./watch-updates.ts";

type SftCase = UpdateCase<
  { readonly completionOnlyLoss: boolean },
  { readonly rows: readonly Readonly<Record<"promptIds" | "completionIds", readonly number[]>>[] }
>;

/** `trl_sft.json`; its updates run on the models in the same folder. */
export async function* sftCases(file: string, path: string, folder: string): AsyncGenerator<CaseResult> {
  const { updates } = await readJson<{ readonly updates: readonly SftCase[] }>(path);
  for (const one of updates) yield* updateCases(file, folder, one, { run, compareMetrics: compareOneUpdate });
}

async function run(directory: string, { params, inputs }: SftCase): Promise<TrainerRun> {
  const policy = await loadPolicy(directory);
  const { completionOnlyLoss } = params;
  const options = { ...adamOptions(params), schedule: "constant", completionOnlyLoss, batchSize: inputs.rows.length } as const;
  const trainer = await SFTTrainer.create({ policy, ...options });
  let metrics: TrainerRun["metrics"] = {};
  try {
    const updates = await watchUpdates([...policy.parameters.values()], async () => {
      const rows = inputs.rows.map(({ promptIds, completionIds }) => ({
        promptIds: Int32Array.from(promptIds),
        completionIds: Int32Array.from(completionIds),
      }));
      ({ metrics } = await trainer.trainStep(rows));
    });
    return { metrics, updates };
  } finally {
    trainer.dispose();
    policy.dispose();
  }
}
