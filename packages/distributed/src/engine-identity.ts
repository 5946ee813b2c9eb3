import type { CausalPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { sha256 } from "./names.ts";

/** What two processes must share for their draws to be the same, bit by bit. */
export interface EngineIdentity {
  /** Of the format of jobs. */
  readonly protocol: string;
  /** SHA-256 of the policy's weights as they were loaded, without an adapter. */
  readonly weights: string;
  /** SHA-256 of the tokenizer's files and the model's configuration. */
  readonly model: string;
  /** What draws: `policy`, `int8`, …, with the backend and its kernels. */
  readonly engine: string;
}

export const protocol = "2";

/**
 * @param engine what draws, and whatever else rounds its sums: the level of its kernels, say.
 */
export function engineIdentity(policy: CausalPolicy, engine: string): EngineIdentity {
  const { identity, tokenizer, config, eosTokenIds } = policy.parts;
  const files = [...(tokenizer.files ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const model = JSON.stringify([config, eosTokenIds, tokenizer.vocabSize, files]);
  return { protocol, weights: identity.sha256, model: sha256(model), engine: `${engine} on ${tf.getBackend()}` };
}

/** The queue whose jobs such an engine takes: workers of other weights or another engine never see them. */
export const rolloutQueue = (identity: EngineIdentity): string => `rollout-${fingerprint(identity)}`;

/** The queue whose jobs a reference takes that such an engine reads. */
export const referenceQueue = (identity: EngineIdentity): string => `reference-${fingerprint(identity)}`;

/** The queue whose jobs such a reward takes. */
export const scoreQueue = (reward: string): string => `score-${fingerprint({ protocol, reward })}`;

export const fingerprint = (identity: object): string => sha256(JSON.stringify(identity)).slice(0, 16);

/** What of two engines differs, in words; empty where nothing does. */
export function differences(wanted: EngineIdentity, found: EngineIdentity): string[] {
  const words: Record<keyof EngineIdentity, string> = {
    protocol: "another version",
    weights: "other weights",
    model: "another tokenizer or configuration",
    engine: `another engine (${found.engine}, not ${wanted.engine})`,
  };
  return (Object.keys(words) as (keyof EngineIdentity)[]).filter((name) => wanted[name] !== found[name]).map((name) => words[name]);
}
