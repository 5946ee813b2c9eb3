import type { SequenceBatch, TrainablePolicy } from "@cai/contracts";
import { uniforms } from "@cai/random";
import * as tf from "@tensorflow/tfjs-core";
import { cutIntoDocuments, type TokenizedSpeech } from "./training-rows.ts";

const rowsAtOnce = 32;

/**
 * Mean negative log-probability in nats of held-out documents, each read after an end of text, its own end included, and cut at the
 * model's context.
 */
export async function heldOutLoss(options: {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly speeches: readonly TokenizedSpeech[];
  readonly endOfText: number;
}): Promise<{ readonly perToken: number; readonly perWord: number }> {
  const { policy, endOfText } = options;
  const documents = options.speeches.flatMap((speech, index) => {
    const draws = uniforms({ seed: 0, stream: "held-out documents", counters: [index], count: speech.opening.length });
    return cutIntoDocuments(speech, draws, endOfText).map((ids) => ids.slice(0, policy.contextLength));
  });
  documents.sort((a, b) => a.length - b.length);
  let nats = 0;
  let tokens = 0;
  let words = 0;
  for (let start = 0; start < documents.length; start += rowsAtOnce) {
    const rows = documents.slice(start, start + rowsAtOnce);
    const batch = afterEndOfText(rows, endOfText);
    const total = tf.tidy(() => {
      const { logprobs } = policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 });
      return tf.sum(tf.mul(logprobs, tf.tensor2d(Float32Array.from(batch.responses.mask), [...batch.responses.shape])));
    });
    nats -= (await total.data())[0]!;
    total.dispose();
    for (const row of rows) {
      tokens += row.length;
      words += policy.tokenizer.decode(row, { skipSpecialTokens: true }).split(" ").length;
    }
  }
  return { perToken: nats / tokens, perWord: nats / words };
}

function afterEndOfText(rows: readonly (readonly number[])[], endOfText: number): SequenceBatch {
  const columns = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * columns);
  const mask = new Uint8Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    ids.set(row, index * columns);
    mask.fill(1, index * columns, index * columns + row.length);
  }
  const prompts = {
    ids: new Int32Array(rows.length).fill(endOfText),
    mask: new Uint8Array(rows.length).fill(1),
    shape: [rows.length, 1] as const,
  };
  return { prompts, responses: { ids, mask, shape: [rows.length, columns] } };
}
