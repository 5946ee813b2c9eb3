import type { TokenBatch } from "@cai/contracts";
import { type DecodeAttention, decodeAttention, type TokenPass } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { CausalModel } from "../model/causal-model.ts";
import { lastPlaces, type PackedTokens, packTokens, shareableTokens } from "../model/input-columns.ts";
import { type HeldTokens, holdAll, holdBeginningsOnce } from "../model/shared-beginnings.ts";
import { mostTextsAtOnce } from "./token-pass.ts";

/** What decoding needs of a model. */
export interface DecodingModel extends Pick<CausalModel, "forward" | "logits"> {
  /** `forward` and `logits` of one token a text in one operation; undefined where there is none. */
  tokenPass?(attention: DecodeAttention): TokenPass | undefined;
}

/**
 * Continues a batch of prompts token by token: `nextLogits` gives the logits after what was read so far, `append` adds one token to each
 * text that goes on. Holds tensors until `dispose`.
 */
export class DecodeSession {
  readonly #models: { readonly start: DecodingModel; readonly next: DecodingModel };
  readonly #attention: DecodeAttention;
  /** Tokens of each text that were read or wait to be. */
  readonly #lengths: Int32Array;
  #unread: HeldTokens & Pick<PackedTokens, "lengths">;
  #pass: "start" | "next" = "start";
  /** Asked for with the first token that it could read. */
  #tokenPass: { readonly pass: TokenPass | undefined } | undefined;

  /** `model` reads the prompts, `tokenModel` (the same, unless it is given) what follows them. */
  constructor({
    model,
    tokenModel = model,
    prompts,
    maxNewTokens,
  }: {
    readonly model: DecodingModel;
    readonly tokenModel?: DecodingModel | undefined;
    readonly prompts: TokenBatch;
    readonly maxNewTokens: number;
  }) {
    this.#models = { start: model, next: tokenModel };
    const packed = packTokens(prompts);
    this.#unread = { ...holdBeginningsOnce(packed, shareableTokens(prompts)), lengths: packed.lengths };
    this.#lengths = packed.lengths.slice();
    const longest = this.#lengths.reduce((most, length) => Math.max(most, length), 0);
    this.#attention = decodeAttention({ lengths: this.#lengths, columns: longest + maxNewTokens });
  }

  /** `[A, V]`: a row for each text that goes on. The caller disposes. */
  nextLogits(): tf.Tensor2D {
    const { ids, positions, attending, placesOf, lengths } = this.#unread;
    const model = this.#models[this.#pass];
    if (this.#pass === "next" && ids.length <= mostTextsAtOnce) {
      this.#tokenPass ??= { pass: model.tokenPass?.(this.#attention) };
      const { pass } = this.#tokenPass;
      if (pass !== undefined) return pass.run(ids, this.#attention.kept!.places());
    }
    const attend = attending((tokens) => this.#attention[this.#pass](tokens) as tf.Tensor2D);
    return tf.tidy(() => {
      return model.logits(model.forward({ ids, positions, attend, readAt: placesOf(lastPlaces(lengths)) }));
    });
  }

  /** The texts that go on, by their numbers in ascending order, and the token of each that the next call of `nextLogits` reads. */
  append(texts: Int32Array, ids: Int32Array): void {
    const positions = texts.map((text) => this.#lengths[text]!++);
    this.#unread = { ...holdAll({ ids, positions }), lengths: new Int32Array(texts.length).fill(1) };
    this.#attention.advance(texts);
    this.#pass = "next";
  }

  dispose(): void {
    this.#tokenPass?.pass?.dispose();
    this.#attention.dispose();
  }
}
