import type { AnswerLogprob, FeedbackModel } from "@cai/feedback";

/** The same model, which is asked once how likely an answer is: ratios per answer and per token are made of the same numbers. */
export function rememberingLogprobs(feedback: Required<FeedbackModel>): Required<FeedbackModel> {
  const known = new Map<string, AnswerLogprob>();
  return {
    ...feedback,
    async logprobs(answered, options) {
      const keys = answered.map((each) => JSON.stringify(each));
      const places = keys.flatMap((key, place) => (known.has(key) ? [] : [place]));
      const told = await feedback.logprobs(
        places.map((place) => answered[place]!),
        options,
      );
      places.forEach((place, index) => {
        known.set(keys[place]!, told[index]!);
      });
      return keys.map((key) => known.get(key)!);
    },
  };
}
