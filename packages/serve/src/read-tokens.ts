import type { Tokenizer } from "@cai/contracts";
import { completionBatch, TextPieces } from "@cai/rollouts";
import * as tf from "@tensorflow/tfjs-core";
import type { ServedPolicy } from "./served-policy.ts";

/** A token of a text, and how likely it was. */
export interface ReadToken {
  readonly id: number;
  /** "" where it ends within a character: its text comes with the token that completes it. */
  readonly text: string;
  /** In nats, at temperature 1; null for a text's first token, which nothing predicts. */
  readonly logprob: number | null;
  /** The likeliest tokens in its place, likeliest first. */
  readonly top: readonly Alternative[];
}

/** A token that could stand there. */
interface Alternative {
  readonly text: string;
  readonly logprob: number;
}

/** Logits are made for so many places at a time: a place has one for every token of the vocabulary. */
const placesAtOnce = 32;

/**
 * How likely the tokens of an answer were, in one pass of the policy over the prompt and it; with `echo` those of the prompt too, before them. The
 * log-probabilities are the model's own, whatever temperature and filters the tokens were drawn with.
 *
 * @param options.top how many alternatives of each token are told
 */
export async function readTokens(
  policy: ServedPolicy,
  { promptIds, ids, echo, top }: { readonly promptIds: Int32Array; readonly ids: Int32Array; readonly echo: boolean; readonly top: number },
): Promise<ReadToken[]> {
  const { tokenizer } = policy;
  const before = echo ? new Int32Array(0) : promptIds;
  const all = echo ? Int32Array.from([...promptIds, ...ids]) : ids;
  const unpredicted = echo ? 1 : 0;
  const isPredicted = all.length > unpredicted;
  const { logprobs, likeliest } = isPredicted ? await readLogprobs(policy, before, all, top) : { logprobs: [], likeliest: [] };
  const texts = textsOf(all, before, tokenizer);
  return Array.from(all, (id, place) => {
    const predicted = place - unpredicted;
    const context = place > 0 ? all[place - 1]! : before.at(-1);
    const token = { id, text: texts[place]!, logprob: logprobs[predicted] ?? null };
    const top = (likeliest[predicted] ?? []).map((one) =>
      one.id === id
        ? { text: token.text, logprob: token.logprob! }
        : { text: textBehind(context, one.id, tokenizer), logprob: one.logprob },
    );
    return { ...token, top };
  });
}

/** Of each token but, where there is no prompt, the first: its log-probability, and the likeliest in its place. */
async function readLogprobs(policy: ServedPolicy, promptIds: Int32Array, completionIds: Int32Array, top: number) {
  const batch = completionBatch([{ promptIds, completionIds }]);
  const columns = batch.responses.shape[1];
  const tensors = tf.tidy(() => {
    const hidden = policy.hiddenStates(batch);
    const { logprobs } = policy.tokenLogprobs(hidden, batch.responses, { temperature: 1 });
    return top === 0 ? { logprobs } : { logprobs, ...likeliestOf(policy, hidden, top) };
  });
  try {
    const logprobs = [...((await tensors.logprobs.data()) as Float32Array)];
    if (!("ids" in tensors)) return { logprobs, likeliest: [] };
    const [ids, values] = [await tensors.ids.data(), await tensors.values.data()];
    const count = ids.length / columns;
    const at = (place: number) =>
      Array.from({ length: count }, (_, rank) => ({ id: ids[place * count + rank]!, logprob: values[place * count + rank]! }));
    return { logprobs, likeliest: Array.from({ length: columns }, (_, place) => at(place)) };
  } finally {
    tf.dispose(tensors);
  }
}

/** `[T, top]` each, from hidden states `[1, T, H]`. */
function likeliestOf(policy: ServedPolicy, hidden: tf.Tensor, top: number): { readonly ids: tf.Tensor; readonly values: tf.Tensor } {
  const [, places, width] = hidden.shape as [number, number, number];
  const parts = Array.from({ length: Math.ceil(places / placesAtOnce) }, (_, part) =>
    tf.tidy(() => {
      const from = part * placesAtOnce;
      const some = tf.slice(hidden, [0, from, 0], [1, Math.min(placesAtOnce, places - from), width]);
      const logits = tf.reshape(policy.logits(some), [-1, policy.vocabSize]);
      const { values, indices } = tf.topk(tf.logSoftmax(logits), Math.min(top, policy.vocabSize));
      return { values, ids: indices };
    }),
  );
  return { ids: tf.concat(parts.map(({ ids }) => ids)), values: tf.concat(parts.map(({ values }) => values)) };
}

/** One text a token; together they are the text behind `before`. */
function textsOf(ids: Int32Array, before: Int32Array, tokenizer: Tokenizer): string[] {
  const pieces = new TextPieces(tokenizer, { before });
  const texts = Array.from(ids, (id) => pieces.add(id));
  if (texts.length > 0) texts.push(`${texts.pop()}${pieces.end()}`);
  return texts;
}

/** How a token is written behind another. */
function textBehind(context: number | undefined, id: number, tokenizer: Tokenizer): string {
  const before = context === undefined ? [] : [context];
  return tokenizer.decode([...before, id]).slice(tokenizer.decode(before).length);
}
