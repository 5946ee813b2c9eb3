import * as tf from "@tensorflow/tfjs-core";
import { type KeptPlaces, keptLogits, keptPlaces, scatteredLogits } from "./kept-logits.ts";
import { tokenDistribution, tokenDistributionGradient } from "./token-distribution.ts";

/** What is read from logits, `[N]` each. */
export type ResultName = "logprobs" | "fullLogprobs" | "entropy";
type Results = Readonly<Partial<Record<ResultName, tf.Tensor>>>;

/** How results are read from the logits `[N, V]` of some rows, and the way back to them. All tensors belong to the caller's tidy. */
export interface LogitReadings {
  /** `memory`: what the way back wants beside the logits, `[N, …]` each. */
  read(logits: tf.Tensor): { readonly results: Results; readonly memory: readonly tf.Tensor[] };
  /** `[N, V]`. With `overwrite` the logits are disposed of, and may become the result. */
  gradient(given: {
    readonly logits: tf.Tensor;
    readonly memory: readonly tf.Tensor[];
    /** Of the results that something came of. */
    readonly upstream: Results;
    readonly overwrite: boolean;
  }): tf.Tensor;
}

/**
 * `logprobs` are over the kept ids where there are some (`keptPlaces`), else over the whole vocabulary. `entropy` is over the whole, and so are
 * `fullLogprobs`, which stand beside kept ids; both only where `alsoFull`, if ids are kept.
 *
 * @throws KernelError `id-out-of-range`.
 */
export function logitReadings(options: {
  readonly ids: Int32Array;
  readonly kept: readonly Int32Array[] | undefined;
  readonly vocabSize: number;
  readonly temperature: number;
  readonly alsoFull: boolean;
}): LogitReadings {
  const { ids, kept, vocabSize, temperature, alsoFull } = options;
  const full = fullReadings(ids, temperature);
  if (kept === undefined) return full;
  const part = keptReadings(ids, kept, vocabSize, temperature);
  if (!alsoFull) return part;
  return {
    read(logits) {
      const [whole, own] = [full.read(logits), part.read(logits)];
      return {
        results: { logprobs: own.results.logprobs!, fullLogprobs: whole.results.logprobs!, entropy: whole.results.entropy! },
        memory: [...own.memory, ...whole.memory],
      };
    },
    gradient({ logits, memory, upstream: { logprobs, fullLogprobs, entropy }, overwrite }) {
      const isFullReached = fullLogprobs !== undefined || entropy !== undefined;
      const ofKept =
        logprobs && part.gradient({ logits, memory: memory.slice(0, 2), upstream: { logprobs }, overwrite: overwrite && !isFullReached });
      if (!isFullReached) return ofKept!;
      const upstream = { ...(fullLogprobs && { logprobs: fullLogprobs }), ...(entropy && { entropy }) };
      const ofAll = full.gradient({ logits, memory: memory.slice(2), upstream, overwrite });
      return ofKept === undefined ? ofAll : tf.add(ofAll, ofKept);
    },
  };
}

function fullReadings(chosen: Int32Array, temperature: number): LogitReadings {
  const ids = () => tf.tensor1d(chosen, "int32");
  return {
    read(logits) {
      const { logprobs, entropies, normalizers } = tokenDistribution({ logits, ids: ids(), temperature });
      return { results: { logprobs, entropy: entropies }, memory: [entropies, normalizers] };
    },
    gradient({ logits, memory: [entropies, normalizers], upstream, overwrite }) {
      const { logprobs: dLogprobs = tf.zeros([chosen.length]), entropy: dEntropies } = upstream;
      const distribution = { entropies: entropies!, normalizers: normalizers! };
      return tokenDistributionGradient({ logits, ids: ids(), temperature, distribution, dLogprobs, dEntropies, overwrite });
    },
  };
}

function keptReadings(ids: Int32Array, kept: readonly Int32Array[], vocabSize: number, temperature: number): LogitReadings {
  // Made anew each time: where many ids are kept, places take more memory than their lists.
  const placesOf = () => keptPlaces(ids, kept, vocabSize);
  const idsAmong = ({ chosen }: KeptPlaces) => tf.tensor1d(chosen, "int32");
  return {
    read(logits) {
      const places = placesOf();
      const own = keptLogits(logits, places);
      const { logprobs, entropies, normalizers } = tokenDistribution({ logits: own, ids: idsAmong(places), temperature });
      return { results: { logprobs }, memory: [entropies, normalizers] };
    },
    gradient({ logits, memory: [entropies, normalizers], upstream: { logprobs }, overwrite }) {
      const places = placesOf();
      const own = keptLogits(logits, places);
      if (overwrite) logits.dispose();
      const distribution = { entropies: entropies!, normalizers: normalizers! };
      const gradient = tokenDistributionGradient({
        logits: own,
        ids: idsAmong(places),
        temperature,
        distribution,
        dLogprobs: logprobs!,
        overwrite: true,
      });
      return scatteredLogits(gradient, places, [ids.length, vocabSize]);
    },
  };
}
