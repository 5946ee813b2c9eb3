import { embedding, placeRows } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { PackedTokens } from "./input-columns.ts";
import type { AttentionInput } from "./tensor-operations.ts";

/** Attention over the tokens of a pass: `[N, (h + 2g)·d]` → `[N, h·d]`. */
type Attend = (input: AttentionInput) => tf.Tensor2D;

/** Tokens of several texts to compute, M of the N that there are. */
export interface HeldTokens {
  /** `[M]`. */
  readonly ids: Int32Array;
  /** `[M]`. */
  readonly positions: Int32Array;
  /** Attention over these M, from that over all N. */
  attending(all: Attend): Attend;
  /** Among the M, places among the N; −1 stays. */
  placesOf(places: Int32Array): Int32Array;
}

/** Rows are copied for attention and back: below this share of tokens saved, that takes as long as computing them did. */
const leastSaved = 1 / 8;

/**
 * Each beginning that several texts have, held once: up to where they part, their tokens have the same hidden states, keys and values.
 * Answers to one prompt, and prompts that open alike, are then computed together; gradients of what is held once are the sums over its
 * texts. Where too few tokens would be saved, all are held.
 *
 * Only attention sees whole texts: it gets the held rows once for each text.
 *
 * @param shareable `[texts]`: how many tokens of each may be held with another's; the others are its own, and can be read apart.
 */
export function holdBeginningsOnce(packed: PackedTokens, shareable: Int32Array): HeldTokens {
  const { ids, positions, lengths } = packed;
  const heldAt = new Int32Array(ids.length);
  /** For each that is held, the first that it was. */
  const firsts: number[] = [];
  const known = new Map<number, number>();
  let read = 0;
  lengths.forEach((length, text) => {
    let before = -1;
    for (let column = 0; column < length; column++, read++) {
      const isShareable = column < shareable[text]!;
      // One number for both: what a text was up to here, and the token that goes on.
      const beginning = (before + 1) * 2 ** 31 + ids[read]!;
      before = (isShareable ? known.get(beginning) : undefined) ?? firsts.push(read) - 1;
      if (isShareable) known.set(beginning, before);
      heldAt[read] = before;
    }
  });
  if (firsts.length > ids.length * (1 - leastSaved)) return holdAll(packed);
  const firstOf = Int32Array.from(firsts);
  return {
    ids: firstOf.map((place) => ids[place]!),
    positions: firstOf.map((place) => positions[place]!),
    // Made in every call: a block that is computed again finds no tensor of the pass.
    attending: (all) => (input) => {
      const queryKeyValue = embedding(input.queryKeyValue, tf.tensor1d(heldAt, "int32")) as tf.Tensor2D;
      return placeRows(all({ ...input, queryKeyValue }), firstOf) as tf.Tensor2D;
    },
    placesOf: (places) => places.map((place) => (place === -1 ? -1 : heldAt[place]!)),
  };
}

/** Every token held by itself. */
export function holdAll({ ids, positions }: Pick<PackedTokens, "ids" | "positions">): HeldTokens {
  return { ids, positions, attending: (all) => all, placesOf: (places) => places };
}
