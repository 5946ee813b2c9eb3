import { type CaseResult, check } from "../case.ts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { bytes, readJson, shape2D } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import { compareGroupAdvantages, countsGroups } from "./group-advantages.ts";
import type { GroupFile, GroupUpdateCase } from "./group-file.ts";
import { compareGroupLoss, lossOfMaskedRows } from "./group-losses.ts";
import { type GroupAlgorithm, runGroupUpdates } from "./group-updates.ts";
import { updateCases } from "./update-cases.ts";

/** `trl_grpo.json` or `trl_rloo.json`; its updates run on the models in the same folder. */
export async function* groupCases(file: string, path: string, folder: string, algorithm: GroupAlgorithm): AsyncGenerator<CaseResult> {
  const golden = await readJson<GroupFile>(path);
  for (const one of golden.losses) yield await check(file, `loss: ${one.name}`, () => compareGroupLoss(algorithm, one));
  for (const one of golden.advantages) yield await check(file, `advantages: ${one.name}`, () => compareGroupAdvantages(algorithm, one));
  for (const one of golden.updates)
    yield* updateCases(file, folder, one, {
      run: (directory) => runGroupUpdates(algorithm, directory, one),
      compareMetrics: (metrics) => compareMetrics(algorithm, metrics, one),
    });
}

/** Those that have the same name and meaning in both; the trainer's are means over its updates. */
function compareMetrics(algorithm: GroupAlgorithm, metrics: Readonly<Record<string, number>>, one: GroupUpdateCase): Comparison[] {
  const { updates, advantages, mask } = one.expected;
  const masked = algorithm === "rloo" ? lossOfMaskedRows(advantages, bytes(mask), shape2D(mask)) : 0;
  const ofAll = (read: (update: (typeof updates)[number]) => number) =>
    updates.reduce((sum, update) => sum + read(update), 0) / updates.length;
  const everyTime = (name: string) => updates.every((update) => name in update.metrics);
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
    ...shared.map((name) => {
      const expected = everyTime(name) ? ofAll((update) => update.metrics[name]!) : updates[0]!.metrics[name];
      return compareNumbers(name, metrics[name]!, expected, tolerances.logprobs);
    }),
  ];
}
