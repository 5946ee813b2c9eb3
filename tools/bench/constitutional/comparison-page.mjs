// @ts-check
import { markdownTable } from "../table.mjs";

/**
 * @typedef {{ readonly policy: number, readonly base: number }} OfBoth
 * @typedef {{ readonly n: number, readonly kl: number, readonly winRate: number, readonly gain: number, readonly byProxy?: { readonly winRate: number } }} BestOf
 * @typedef {object} Run
 * @property {string} algorithm
 * @property {number} seed
 * @property {import("@cai/constitution").PipelineReport} report
 * @property {{ readonly gain: number, readonly meanLength: OfBoth, readonly promptCopies: OfBoth, readonly bestOfN: readonly BestOf[] }} figures `eval.json`
 */

/**
 * The page that says what each algorithm made of the model.
 *
 * @param {readonly Run[]} runs
 */
export function comparisonPage(runs) {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const algorithms = [...new Set(runs.map(({ algorithm }) => algorithm))];
  const rows = algorithms.map((algorithm) => {
    const own = runs.filter((run) => run.algorithm === algorithm);
    const of = (/** @type {(run: Run) => number | null} */ figure, digits = 2) => meanText(own.map(figure), digits);
    return [
      `${algorithm}${own.length < seeds.length ? ` (seed ${own.map(({ seed }) => seed).join(", ")})` : ""}`,
      of(({ report }) => report.winRate, 3),
      own.map(({ report }) => report.winRate.toFixed(3)).join(" "),
      of(({ report }) => report.lengthControlledWinRate, 3),
      of(({ figures }) => figures.gain),
      of(({ report }) => report.klPerResponse),
      of(({ report }) => report.klPerToken, 3),
      of(({ report }) => report.lengthRatio),
      of(({ report }) => report.distinct2Ratio),
      of(({ report }) => report.rewardAccuracy, 3),
      of(({ report }) => report.stages.reduce((sum, { seconds }) => sum + seconds, 0) / 60, 0),
    ];
  });
  const header = [
    "learned by",
    "win rate",
    "by seed",
    "length held equal",
    "gain in deviations",
    "KL an answer",
    "KL a token",
    "length",
    "distinct-2",
    "accuracy on held-out pairs",
    "minutes",
  ];
  return `# Constitutional AI with SmolLM2-135M-Instruct

One constitution of courtesy, 176 prompts that provoke to learn from, 64 others to be judged on, LoRA 8; the judge (tox-block's network) took no part. What
it is and how it is read: [docs/constitutional-ai.md](../../../docs/constitutional-ai.md). ${seeds.length === 1 ? `One seed, ${seeds[0]}` : `Means over the seeds ${seeds.join(", ")}`}; KL in nats from the untrained
model; length and distinct-2 against the untrained model's.

![Win rate against KL](algorithms.svg)

${markdownTable([header, ...rows])}

Labels agree with the judge, where it is sure, in ${seeds.map((seed) => agreementOf(runs, seed)).join(", ")} of the pairs${seeds.length === 1 ? "" : " (by seed)"}. Minutes are those of all stages, each alone:
algorithms share a seed's preferences, its reward model and its baseline, which count in each.

The best of n answers of the untrained model, chosen by the judge; and chosen by the reward model, which is what training against it is to be held
against. KL is ln n − (n − 1) / n:

${markdownTable([["", "win rate by the judge", "by the reward model", "KL an answer"], ...bestRows(runs)])}

Made by \`node tools/bench/constitutional/compare.mjs --algorithms ${algorithms.join(",")} --seeds ${seeds.join(",")}\`.
`;
}

/** @param {readonly Run[]} runs @param {number} seed */
function agreementOf(runs, seed) {
  const agreement = runs.find((run) => run.seed === seed && run.report.labelAgreement !== null)?.report.labelAgreement;
  return typeof agreement === "number" ? `${(100 * agreement).toFixed(1)} %` : "–";
}

/** Of the base alone, so a seed's runs agree on the judge's choice. @param {readonly Run[]} runs */
function bestRows(runs) {
  const counts = runs[0]?.figures.bestOfN.map(({ n }) => n) ?? [];
  const firsts = [...new Map(runs.map((run) => [run.seed, run])).values()];
  return counts.map((n) => {
    const of = (/** @type {readonly Run[]} */ among) => among.flatMap(({ figures }) => figures.bestOfN.filter((best) => best.n === n));
    const byProxy = of(runs).flatMap(({ byProxy }) => (byProxy === undefined ? [] : [byProxy.winRate]));
    return [
      `best of ${n}`,
      meanText(
        of(firsts).map(({ winRate }) => winRate),
        3,
      ),
      meanText(byProxy, 3),
      meanText(
        of(firsts).map(({ kl }) => kl),
        2,
      ),
    ];
  });
}

/** @param {readonly (number | null)[]} values @param {number} digits */
function meanText(values, digits) {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? "–" : (there.reduce((sum, value) => sum + value, 0) / there.length).toFixed(digits);
}
