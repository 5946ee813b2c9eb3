import type { RewardModel, ScoreFunction, TrainablePolicy } from "@cai/contracts";
import { type Prompt, type TokenizedPrompt, tokenizePrompts } from "@cai/rollouts";
import type * as tf from "@tensorflow/tfjs-core";
import { type Answer, answerPrompts } from "./answer-prompts.ts";
import { type BaseAnswers, drawsOf, sourcesOf, sourcesOfWritten } from "./base-answers.ts";
import { type ComparisonSettings, checkComparison, resolveComparison } from "./comparison-options.ts";
import { promptText } from "./prompt-text.ts";
import { type ComparisonSummary, summariseComparison } from "./summarise-comparison.ts";
import { type AnswerSource, writtenBy } from "./write-answers.ts";

/** What is compared, and any option that shall differ from its default (`comparisonOptions`). */
export interface ComparePoliciesOptions extends Partial<ComparisonSettings> {
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** What it is held against: the policy as it was before training, or another. */
  readonly base: TrainablePolicy<tf.Tensor>;
  /** Any reward but the one that was trained on, which tells only how well that was learned. */
  readonly judge: RewardModel | ScoreFunction;
  /** The reward that was trained on, where its scores shall stand beside the judge's. */
  readonly proxy?: RewardModel | ScoreFunction | undefined;
  /** Held out from training. */
  readonly prompts: readonly Prompt[];
  /** What the base wrote, by `answerAsBase` with the same prompts and options: it is not asked again. */
  readonly baseAnswers?: readonly BaseAnswers[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** After each batch of answers. */
  readonly onProgress?: ((progress: { readonly answers: number; readonly total: number }) => void) | undefined;
}

/** The answers of both to a prompt. */
export interface ComparedSample {
  readonly prompt: string;
  /** The policy's mean score less the base's, by the judge. */
  readonly margin: number;
  /** One for each draw. */
  readonly policy: readonly Answer[];
  readonly base: readonly Answer[];
}

/** How a policy does against a base: plain JSON. */
export interface PolicyComparison extends ComparisonSummary {
  readonly settings: ComparisonSettings;
  /** One for each prompt, in their order. */
  readonly samples: readonly ComparedSample[];
}

/**
 * Lets two policies answer the same prompts with the same draws, and a judge score the answers: how often the policy's is the better one, with
 * intervals and with length held equal; how far it went from the base (KL), and what the best of n answers of the base would have given for
 * as little; lengths, variety, copies of the prompt.
 *
 * The KL wants both to read the same tokens; where they don't, it is null.
 *
 * @throws TrainingError `invalid-option`, RolloutError `invalid-prompts` before anything is written; RolloutError `invalid-scores`; the signal's
 *   reason
 * @example
 * const base = await loadPolicy("./gpt2");
 * const judge = ({ responses }) => responses.map((response) => (/thank|please/i.test(response) ? 1 : 0));
 * const { winRate, winRateInterval } = await comparePolicies({ policy, base, judge, prompts, bestOf: 2, maxNewTokens: 4 });
 */
export async function comparePolicies(options: ComparePoliciesOptions): Promise<PolicyComparison> {
  const { signal, onProgress, baseAnswers, ...given } = options;
  const settings = resolveComparison(checkComparison(given));
  const { policy, base, judge, proxy, prompts } = options;
  const { batchSize, maxNewTokens, temperature } = settings;
  const asked = tokenizePrompts(prompts, policy, maxNewTokens);
  const askedOfBase = tokenizePrompts(prompts, base, maxNewTokens);
  const sameTokens = policy.vocabSize === base.vocabSize && asked.every(({ ids }, index) => sameIds(ids, askedOfBase[index]!.ids));
  const reference = sameTokens && temperature > 0 ? base : undefined;
  const ofPolicy = writtenBy({ policy, reference }, settings, { stream: "evaluation", signal });
  const ofBase =
    baseAnswers === undefined ? sourcesOf(base, settings, signal) : sourcesOfWritten(baseAnswers, { prompts: prompts.length, settings });

  const draws = drawsOf(settings);
  const total = prompts.length * (2 * draws.answers + draws.pool);
  let answers = 0;
  const answer = (source: AnswerSource, tokenized: readonly TokenizedPrompt[], count: number) =>
    answerPrompts({ source, judge, proxy }, tokenized, {
      draws: count,
      batchSize,
      signal,
      onAnswers: (more) => {
        answers += more;
        onProgress?.({ answers, total });
      },
    });
  const compared = {
    prompts: prompts.map((prompt) => promptText(prompt, policy.tokenizer)),
    policy: await answer(ofPolicy, asked, draws.answers),
    base: await answer(ofBase.answers, askedOfBase, draws.answers),
    pool: draws.pool > 0 ? await answer(ofBase.pool, askedOfBase, draws.pool) : [],
  };
  const samples = compared.prompts.map((prompt, index) => {
    const [own, other] = [compared.policy[index]!, compared.base[index]!];
    return { prompt, margin: meanScore(own) - meanScore(other), policy: own, base: other };
  });
  return { ...summariseComparison(compared, settings), settings, samples };
}

const meanScore = (answers: readonly Answer[]): number => answers.reduce((sum, { score }) => sum + score, 0) / answers.length;

const sameIds = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((id, index) => id === b[index]);
