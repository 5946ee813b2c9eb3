import type { FeedbackModel } from "@cai/feedback";
import type { CausalPolicy } from "@cai/policy";
import { engineIdentity, fingerprint, protocol } from "./engine-identity.ts";
import { sha256 } from "./names.ts";

/** What two processes must share so that one answers as the other would, bit by bit. */
export interface LabellerIdentity {
  /** Of the format of jobs. */
  readonly protocol: string;
  /** The model's own: its weights and the format of its prompts, or an endpoint and the model there. */
  readonly model: string;
  /** What can be asked of it. */
  readonly methods: readonly string[];
  /** SHA-256 of what else it says depends on: a tokenizer's files and a model's configuration, or an endpoint's options. */
  readonly settings: string;
  /** What computes, and whatever else rounds its sums; `endpoint` where that is not ours to know. */
  readonly engine: string;
}

/** Of a feedback model, all that its user has to know before it is asked. */
export type LabellerTraits = Pick<FeedbackModel, "identity" | "choose" | "logprobs">;

/** What a labeller is, beside the traits of its model. */
export interface LabellerParts {
  /** What a local model asks: its tokenizer and configuration count, and the backend. Absent of an endpoint. */
  readonly policy?: CausalPolicy | undefined;
  /** What rounds a local model's sums, as of `DistributedRollouts`. Default `policy`. */
  readonly engine?: string;
  /** Of an endpoint: what its answers depend on beside address and model. Keys and passwords have no place here. */
  readonly settings?: string;
}

/** @throws what reading the weights' hash throws */
export function labellerIdentity(model: LabellerTraits, { policy, engine = "policy", settings = "" }: LabellerParts): LabellerIdentity {
  const own = policy && engineIdentity(policy, engine);
  return {
    protocol,
    model: model.identity,
    methods: ["complete", ...(["choose", "logprobs"] as const).filter((method) => model[method] !== undefined)],
    settings: own?.model ?? sha256(settings),
    engine: own?.engine ?? "endpoint",
  };
}

/** The queue whose jobs such a labeller takes: others never see them. */
export const labelQueue = (identity: LabellerIdentity): string => `label-${fingerprint(identity)}`;

/** What of two labellers differs, in words; empty where nothing does. */
export function labellerDifferences(wanted: LabellerIdentity, found: LabellerIdentity): string[] {
  const told = (text: string | readonly string[]) => `${text}`.replaceAll(/[0-9a-f]{64}/g, (hash) => `${hash.slice(0, 12)}…`);
  const words: Record<keyof LabellerIdentity, string> = {
    protocol: "another version",
    model: `another model or format (${told(found.model)}, not ${told(wanted.model)})`,
    methods: `other abilities (${told(found.methods)}, not ${told(wanted.methods)})`,
    settings: "another tokenizer, configuration or other options",
    engine: `another engine (${found.engine}, not ${wanted.engine})`,
  };
  const differ = (name: keyof LabellerIdentity) => `${wanted[name]}` !== `${found[name]}`;
  return (Object.keys(words) as (keyof LabellerIdentity)[]).filter(differ).map((name) => words[name]);
}
