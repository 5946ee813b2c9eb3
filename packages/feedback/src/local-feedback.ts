import type { FinishReason, TrainablePolicy } from "@cai/contracts";
import { rollOut, tokenizePrompts } from "@cai/rollouts";
import { checkParts, consecutiveRuns, count, type OptionTable, resolveOptions } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { type AnswerTokens, encodeAnswers } from "./answer-tokens.ts";
import { checkChoice, forEachAsked } from "./check-question.ts";
import { FeedbackError } from "./error.ts";
import type { Completion, Ending, FeedbackModel } from "./feedback-model.ts";
import { type PromptFormat, suitableFormat } from "./prompt-format.ts";
import { completionLogprobs, type LogprobSource, nextTokenLogprobs } from "./token-logprobs.ts";

/** What is asked of a policy here; every `TrainablePolicy` has it. */
export type LocalPolicy = LogprobSource &
  Pick<TrainablePolicy<tf.Tensor>, "generate" | "tokenizer" | "vocabSize" | "contextLength" | "identity">;

export interface LocalFeedbackOptions {
  /** Stays the caller's, who disposes of it. */
  readonly policy: LocalPolicy;
  /** How conversations are written. Default: the policy's chat template, or `dialogue` where it has none. */
  readonly format?: PromptFormat;
  /** Conversations, or answers, a pass. Default 8. */
  readonly batchSize?: number;
}

/** The options that are plain data. */
const options: OptionTable<{ batchSize: number }> = {
  batchSize: { default: 8, ...count, describe: "conversations, or answers, that a pass of the model reads" },
};
const policyMethods = ["generate", "hiddenStates", "tokenLogprobs", "tokenizer.encode"];

/**
 * A policy of this process that is asked. Rows share passes by their places in the call alone, so that its results depend on nothing that was asked
 * before. `identity` is of the weights as they were loaded: of a policy that was trained since, load what was saved.
 *
 * `choose` reads each conversation once where every option is one token.
 *
 * @throws TrainingError `invalid-option`. The methods reject with FeedbackError `bad-question` or `too-long` and RolloutError `invalid-prompts`,
 *   which say which of the conversations it is.
 * @example
 * const judge = localFeedback({ policy });
 * const messages = [{ role: "user", content: "Is the sky blue?" }];
 * const logprobs = await judge.choose([{ messages, options: ["Yes", "No"] }], {});
 * console.log(logprobs.map((options) => options.length)); // [ 2 ]
 */
export function localFeedback(given: LocalFeedbackOptions): Required<FeedbackModel> {
  const parts = {
    policy: { methods: policyMethods, expected: "a policy, as loadPolicy gives it", required: true },
    format: { methods: ["promptOf", "completionOf", "answerOf"], expected: "a prompt format, as promptFormat gives it" },
  };
  const { batchSize } = resolveOptions(options, checkParts(given, { parts, table: options, elsewhere: [] }));
  const { policy, format = suitableFormat(policy.tokenizer) } = given;
  const { tokenizer, contextLength } = policy;
  const encode = (messages: Parameters<typeof encodeAnswers>[0], answers: readonly string[]) =>
    refuseTooLong(encodeAnswers(messages, answers, { format, tokenizer }), contextLength);

  return {
    identity: `${policy.identity.sha256} ${format.name}`,

    async complete(conversations, { draws, maxNewTokens, temperature, signal }) {
      signal?.throwIfAborted();
      if (conversations.length === 0) return [];
      const asked = conversations.map((messages) => ({ messages }));
      const prompts = forEachAsked(asked, "conversation", ({ messages }) => format.promptOf(messages));
      const tokenized = tokenizePrompts(prompts, policy, maxNewTokens);
      const answers: Completion[] = [];
      for (const run of consecutiveRuns(tokenized.length, batchSize)) {
        const sampling = { maxNewTokens, temperature, stopTexts: format.stopTexts, ...(signal && { signal }) };
        const firstSample = (draws.firstSample ?? 0) + run[0]!;
        const rows = run.map((place) => tokenized[place]!);
        const { responseTexts, finishReasons } = await rollOut(policy, tokenizer, rows, { ...sampling, draws: { ...draws, firstSample } });
        answers.push(...responseTexts.map((text, row) => ({ text: format.answerOf(text), ending: endingOf(finishReasons[row]!, format) })));
      }
      return answers;
    },

    async choose(choices, { signal }) {
      signal?.throwIfAborted();
      const encoded = forEachAsked(choices, "choice", (choice) => {
        checkChoice(choice);
        return encode(choice.messages, choice.options);
      });
      const isSingle = ({ answerIds }: AnswerTokens) => answerIds.every(({ length }) => length === 1);
      const singles = encoded.filter(isSingle).map(({ promptIds, answerIds }) => ({ promptIds, nextIds: answerIds.map((ids) => ids[0]!) }));
      const longer = encoded
        .filter((choice) => !isSingle(choice))
        .flatMap(({ promptIds, answerIds }) => answerIds.map((completionIds) => ({ promptIds, completionIds })));
      const ofSingles = (await nextTokenLogprobs(policy, singles, { batchSize, signal })).values();
      const ofLonger = (await completionLogprobs(policy, longer, { batchSize, signal })).values();
      return encoded.map((choice) => (isSingle(choice) ? ofSingles.next().value! : choice.answerIds.map(() => ofLonger.next().value!)));
    },

    async logprobs(answered, { signal }) {
      signal?.throwIfAborted();
      const rows = forEachAsked(answered, "answer", ({ messages, answer }) => {
        const { promptIds, answerIds } = encode(messages, [answer]);
        return { promptIds, completionIds: answerIds[0]! };
      });
      const sums = await completionLogprobs(policy, rows, { batchSize, signal });
      return rows.map(({ completionIds }, row) => ({ logprob: sums[row]!, tokens: completionIds.length }));
    },
  };
}

function endingOf(finishReason: FinishReason, { hasEnd }: PromptFormat): Ending {
  if (finishReason !== "length") return "finished";
  return hasEnd ? "cut" : "open";
}

/** Nothing is read behind a row's last token, so that it may have one more than the context. */
function refuseTooLong(encoded: AnswerTokens, contextLength: number): AnswerTokens {
  const longest = encoded.promptIds.length + Math.max(...encoded.answerIds.map(({ length }) => length));
  if (longest <= contextLength + 1) return encoded;
  const message = `with its answer it has ${longest} tokens, more than the model's context of ${contextLength}: shorten it`;
  throw new FeedbackError("too-long", message);
}
