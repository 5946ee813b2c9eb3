import type { Answer } from "./answer-prompts.ts";
import { bestOfN, bestOfNKl } from "./best-of-n.ts";
import { clusterBootstrap } from "./cluster-bootstrap.ts";
import type { ComparisonSettings } from "./comparison-options.ts";
import { distinctN } from "./distinct-n.ts";
import { lengthControlledWinRate } from "./length-controlled-win-rate.ts";
import { lengthRatio } from "./length-ratio.ts";
import { promptCopies } from "./prompt-copies.ts";
import { type Interval, wilsonInterval } from "./wilson-interval.ts";
import { pairwisePreferences, winRate } from "./win-rate.ts";

/** One figure of each policy. */
export interface OfBoth {
  readonly policy: number;
  readonly base: number;
}

/** How a policy's scores stand to the base's, by one reward. */
export interface ScoreSummary {
  readonly winRate: number;
  readonly meanScore: OfBoth;
  /** Unbiased standard deviation over all answers. */
  readonly scoreDeviation: OfBoth;
  /** The policy's mean less the base's, in deviations of the base's; null where those are all equal. */
  readonly gain: number | null;
}

/** The best of n answers of the base, chosen and scored by the judge; and chosen by the proxy where there is one. */
export interface BestOfNSummary {
  readonly n: number;
  /** ln n − (n − 1)/n nats a response. */
  readonly kl: number;
  readonly meanScore: number;
  readonly gain: number | null;
  /** Against the base's own answers. */
  readonly winRate: number;
  readonly byProxy?: { readonly meanScore: number; readonly gain: number | null; readonly winRate: number };
}

/** All figures of a comparison. JSON has them as they are. */
export interface ComparisonSummary extends ScoreSummary {
  readonly prompts: number;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Wilson's, each prompt one trial; and the bootstrap's over prompts. */
  readonly winRateInterval: { readonly wilson: Interval; readonly bootstrap: Interval };
  readonly lengthControlledWinRate: number;
  readonly lengthControlledInterval: Interval;
  /** φ of the length-controlled model: above 0 longer answers are liked for it. */
  readonly lengthCoefficient: number;
  readonly proxy?: ScoreSummary;
  /** Nats; null where it was not measured: greedy answers, or other tokens. */
  readonly klPerToken: number | null;
  readonly klPerResponse: number | null;
  /** Tokens an answer. */
  readonly meanLength: OfBoth;
  readonly lengthRatio: number;
  readonly distinct1: OfBoth;
  readonly distinct2: OfBoth;
  /** Null where no answer of the base has two words. */
  readonly distinct2Ratio: number | null;
  /** Share of answers that copy their prompts. */
  readonly promptCopies: OfBoth;
  readonly bestOfN: readonly BestOfNSummary[];
}

/** Answers by prompt, `[prompts][draws]` each. */
export interface ComparedAnswers {
  readonly prompts: readonly string[];
  readonly policy: readonly (readonly Answer[])[];
  readonly base: readonly (readonly Answer[])[];
  /** Further answers of the base; none where nothing is chosen. */
  readonly pool: readonly (readonly Answer[])[];
}

/** The figures of two policies' answers to the same prompts. */
export function summariseComparison(answers: ComparedAnswers, settings: ComparisonSettings): ComparisonSummary {
  const { prompts, policy, base } = answers;
  const { tie, level, seed, resamples } = settings;
  const scores = { policy: scoresOf(policy), base: scoresOf(base), tie };
  const { byPrompt, wins, ties, losses } = winRate(scores);
  const byScore = summariseScores(scores);
  const preferences = pairwisePreferences(scores);
  const lengthDifferences = policy.map((drawn, prompt) =>
    drawn.flatMap(({ response }) => base[prompt]!.map((other) => response.length - other.response.length)),
  );
  const lengthControlled = lengthControlledWinRate({ preferences, lengthDifferences });
  const bootstrap = (statistic: (drawn: Int32Array) => number) =>
    clusterBootstrap({ clusters: prompts.length, statistic, seed, level, resamples });
  const both = (figure: (drawn: readonly (readonly Answer[])[]) => number): OfBoth => ({ policy: figure(policy), base: figure(base) });
  const lengths = (drawn: readonly (readonly Answer[])[]) => drawn.flat().map(({ tokens }) => tokens);
  const texts = (drawn: readonly (readonly Answer[])[]) => drawn.flat().map(({ response }) => response);
  const distinct2 = both((drawn) => distinctN({ texts: texts(drawn), n: 2 }));
  return {
    prompts: prompts.length,
    ...byScore,
    wins,
    ties,
    losses,
    winRateInterval: {
      wilson: wilsonInterval({ successes: byScore.winRate * prompts.length, trials: prompts.length, level }),
      bootstrap: bootstrap((drawn) => mean(Array.from(drawn, (prompt) => byPrompt[prompt]!))),
    },
    lengthControlledWinRate: lengthControlled.winRate,
    lengthControlledInterval: bootstrap((drawn) => {
      const chosen = <Row>(rows: readonly Row[]) => Array.from(drawn, (prompt) => rows[prompt]!);
      return lengthControlledWinRate({ preferences: chosen(preferences), lengthDifferences: chosen(lengthDifferences) }).winRate;
    }),
    lengthCoefficient: lengthControlled.lengthCoefficient,
    ...(policy[0]![0]!.proxyScore !== undefined && {
      proxy: summariseScores({ policy: proxyScoresOf(policy), base: proxyScoresOf(base), tie }),
    }),
    ...klOf(policy.flat()),
    meanLength: both((drawn) => mean(lengths(drawn))),
    lengthRatio: lengthRatio({ policy: lengths(policy), base: lengths(base) }),
    distinct1: both((drawn) => distinctN({ texts: texts(drawn), n: 1 })),
    distinct2,
    distinct2Ratio: distinct2.base === 0 ? null : distinct2.policy / distinct2.base,
    promptCopies: both(
      (drawn) => promptCopies({ prompts: drawn.flatMap((own, i) => own.map(() => prompts[i]!)), responses: texts(drawn) }).rate,
    ),
    bestOfN: summariseBest(answers, settings),
  };
}

function summariseScores(scores: { policy: number[][]; base: number[][]; tie: number }): ScoreSummary {
  const [policy, base] = [scores.policy.flat(), scores.base.flat()];
  const scoreDeviation = { policy: deviation(policy), base: deviation(base) };
  const meanScore = { policy: mean(policy), base: mean(base) };
  return {
    winRate: winRate(scores).winRate,
    meanScore,
    scoreDeviation,
    gain: gainOf(meanScore.policy, meanScore.base, scoreDeviation.base),
  };
}

/** For n = 2, 4, 8 … and the size of the pool. */
function summariseBest({ base, pool }: ComparedAnswers, { bestOf, tie }: ComparisonSettings): BestOfNSummary[] {
  if (pool.length === 0) return [];
  const own = scoresOf(base);
  const [center, spread] = [mean(own.flat()), deviation(own.flat())];
  const scores = scoresOf(pool);
  const wins = scores.map((drawn, prompt) => drawn.map((score) => winRate({ policy: [[score]], base: [own[prompt]!], tie }).winRate));
  const hasProxy = pool[0]![0]!.proxyScore !== undefined;
  const chosenBy = (chooser: number[][], n: number) => {
    const meanScore = bestOfN({ scores: chooser, values: scores, n });
    return { meanScore, gain: gainOf(meanScore, center, spread), winRate: bestOfN({ scores: chooser, values: wins, n }) };
  };
  return countsUpTo(bestOf).map((n) => ({
    n,
    kl: bestOfNKl(n),
    ...chosenBy(scores, n),
    ...(hasProxy && { byProxy: chosenBy(proxyScoresOf(pool), n) }),
  }));
}

function countsUpTo(most: number): number[] {
  const counts = [];
  for (let n = 2; n < most; n *= 2) counts.push(n);
  return [...counts, most];
}

function klOf(answers: readonly Answer[]): Pick<ComparisonSummary, "klPerToken" | "klPerResponse"> {
  if (answers[0]!.kl === undefined) return { klPerToken: null, klPerResponse: null };
  const sum = answers.reduce((total, { kl }) => total + kl!, 0);
  const tokens = answers.reduce((total, answer) => total + answer.tokens, 0);
  return { klPerToken: sum / tokens, klPerResponse: sum / answers.length };
}

const scoresOf = (answers: readonly (readonly Answer[])[]) => answers.map((drawn) => drawn.map(({ score }) => score));
const proxyScoresOf = (answers: readonly (readonly Answer[])[]) => answers.map((drawn) => drawn.map(({ proxyScore }) => proxyScore!));

const gainOf = (value: number, center: number, spread: number): number | null => (spread === 0 ? null : (value - center) / spread);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Unbiased; 0 for a single number, and for equal ones, whatever their mean rounds to. */
function deviation(values: readonly number[]): number {
  if (values.every((value) => value === values[0])) return 0;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
