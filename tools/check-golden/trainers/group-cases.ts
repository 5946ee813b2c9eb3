import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CaseResult, check, fail, skip } from "../case.ts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { bytes, readJson, shape2D } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import { compareGradients, compareWeights } from "./compare-updates.ts";
import { compareGroupAdvantages, countsGroups } from "./group-advantages.ts";
import type { GroupFile, GroupUpdateCase } from "./group-file.ts";
import { compareGroupLoss, lossOfMaskedRows } from "./group-losses.ts";
import { type GroupAlgorithm, runGroupUpdates } from "./group-updates.ts";

/** `trl_grpo.json` or `trl_rloo.json`; its updates run on the models in the same folder. */
export async function* groupCases(file: string, path: string, folder: string, algorithm: GroupAlgorithm): AsyncGenerator<CaseResult> {
  const golden = await readJson<GroupFile>(path);
  for (const one of golden.losses) yield await check(file, `loss: ${one.name}`, () => compareGroupLoss(algorithm, one));
  for (const one of golden.advantages) yield await check(file, `advantages: ${one.name}`, () => compareGroupAdvantages(algorithm, one));
  for (const one of golden.updates) yield* updateCases(file, folder, algorithm, one);
}

async function* updateCases(file: string, folder: string, algorithm: GroupAlgorithm, one: GroupUpdateCase): AsyncGenerator<CaseResult> {
  const name = `update: ${one.name}`;
  const directory = join(folder, one.model);
  if (!existsSync(directory)) {
    yield skip(file, name, `it runs on the model in ${one.model}/, which this folder does not have`);
    return;
  }
  const golden = one.expected.updates;
  try {
    const { metrics, updates } = await runGroupUpdates(algorithm, directory, one);
    if (updates.length !== golden.length) throw new Error(`${updates.length} optimizer steps were made, ${golden.length} expected`);
    yield await check(file, `${name}: loss and metrics`, () => compareMetrics(algorithm, metrics, one));
    for (const [index, expected] of golden.entries()) {
      yield await check(file, `${name}: gradients ${index + 1}`, () => compareGradients(updates[index]!, expected));
      yield await check(file, `${name}: weights ${index + 1}`, () =>
        compareWeights(updates.slice(0, index + 1), golden.slice(0, index + 1), one.params),
      );
    }
  } catch (error) {
    yield fail(file, name, error);
  }
}

/** Those that have the same name and meaning in both; the trainer's are means over its updates. */
function compareMetrics(algorithm: GroupAlgorithm, metrics: Readonly<Record<string, number>>, one: GroupUpdateCase): Comparison[] {
  const { updates, advantages, mask } = one.expected;
  const masked = algorithm === "rloo" ? lossOfMaskedRows(advantages, bytes(mask), shape2D(mask)) : 0;
  const ofAll = (read: (update: (typeof updates)[number]) => number) =>
    updates.reduce((sum, update) => sum + read(update), 0) / updates.length;
  const ofUpdates = updates.length > 1 ? Object.keys(updates[1]!.metrics) : [];
  const shared = Object.keys(updates[0]!.metrics).filter(
    (name) => name in metrics && (name !== "frac_reward_zero_std" || countsGroups(one.params)),
  );
  return [
    compareNumbers("loss", metrics.loss!, ofAll(({ loss }) => loss) - masked, tolerances.trlLarge),
    compareNumbers(
      "grad_norm",
      metrics.grad_norm!,
      ofAll(({ gradNorm }) => gradNorm),
      { limit: tolerances.gradientNorm.limit, scaled: true },
    ),
    ...shared.map((name) =>
      compareNumbers(
        name,
        metrics[name]!,
        ofUpdates.includes(name) ? ofAll(({ metrics }) => metrics[name]!) : updates[0]!.metrics[name],
        tolerances.logprobs,
      ),
    ),
  ];
}
