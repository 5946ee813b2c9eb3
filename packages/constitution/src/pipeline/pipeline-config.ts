import { promptFormats } from "@cai/feedback";
import { z } from "zod";
import { ratioUnits } from "../likelihood-ratios.ts";
import { parseValidated } from "../parse-validated.ts";
import { labellerNames } from "../preference/open-labeller.ts";

const text = z.string().trim().min(1);
const count = z.number().int().positive();
const countOrNone = z.number().int().nonnegative();
const temperature = z.number().nonnegative();
/** Options of a stage, which checks them itself. */
const stageOptions = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]));

/** Which answers are compared: two drawn alike, one under each persona, or revisions with their originals. */
export const pairKinds = ["sampled", "contrast", "revisions"] as const;

/** What a policy may learn by in the end; `none`: what it learned from revisions is all. */
export const rlAlgorithms = ["ppo", "grpo", "dpo", "none"] as const;

const prefer = z.strictObject({
  pairs: z.enum(pairKinds).default("contrast"),
  labeller: z.enum(labellerNames).default("likelihood-ratio"),
  /** Pairs of answers to each prompt; of revisions there is one. */
  pairsPerPrompt: count.default(1),
  /** Share of the prompts whose pairs no model learns from: reward models are measured on them. */
  heldOutShare: z.number().min(0).max(0.5).default(0.1),
  /** Likelihood ratios of whole answers, or of a token on average. */
  ratioPer: z.enum(ratioUnits).default("answer"),
  /** Of the logistic over likelihood ratios, where it is not fitted. */
  ratioScale: z.number().positive().default(1),
  /** Contrast pairs that the scale of likelihood ratios is fitted to; 0: `ratioScale` is taken. */
  calibrationPairs: countOrNone.default(32),
  /** Text verdicts on each pair, half of them in each order. */
  votes: count.default(4),
  /** Longest thoughts or verdict; 0: 256 tokens with thoughts, 16 without. */
  verdictTokens: countOrNone.default(0),
  /** The judge writes its thoughts before it chooses. */
  chainOfThought: z.boolean().default(false),
});

const evaluation = z.strictObject({
  /** Answers to each held-out prompt. */
  draws: count.default(4),
  /** Answers of the base to each held-out prompt, which best-of-n is read from. */
  bestOf: count.default(16),
  /** From which difference of its scores on the judge is sure which of two answers is better. */
  sure: z.number().nonnegative().default(0.5),
});

/** A pipeline of Constitutional AI as it stands in a file. */
const pipelineSchema = z.strictObject({
  policy: text,
  constitution: text.default("default"),
  prompts: text,
  heldOutPrompts: text,
  /** Scores answers in the evaluation; no other stage asks it. */
  judge: text,
  out: text.optional(),
  seed: countOrNone.max(2 ** 32 - 1).default(0),
  /** How prompts are written for the policy; by default its chat template where it has one, else `dialogue`. */
  format: z.enum(promptFormats).optional(),
  /** The rank of the adapters that are trained; 0: all weights. */
  lora: countOrNone.default(0),
  loraAlpha: z.number().positive().optional(),
  /** Of answers, critiques and revisions. */
  maxNewTokens: count.default(64),
  temperature: temperature.default(1),
  /** Rows that are written or judged together. */
  batchSize: count.default(16),
  /** Judges, and revises: a model or an endpoint. Default: the policy as it was. */
  feedback: text.optional(),
  /** Of an endpoint, as are the next two: the model's name there. */
  feedbackModel: text.optional(),
  /** A folder for its answers, so that what was asked once costs nothing again. */
  feedbackCache: text.optional(),
  /** Further options of `endpointFeedback`. */
  feedbackOptions: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
  /** Options of critique and revision; false: there is none. */
  revise: z.union([z.literal(false), stageOptions]).default({}),
  sft: z.union([z.literal(false), stageOptions]).default({}),
  prefer: prefer.default(() => prefer.parse({})),
  reward: stageOptions.default({}),
  rl: z.enum(rlAlgorithms).default("ppo"),
  ppo: stageOptions.default({}),
  grpo: stageOptions.default({}),
  dpo: stageOptions.default({}),
  evaluation: evaluation.default(() => evaluation.parse({})),
});

export type PipelineConfig = z.infer<typeof pipelineSchema>;

/**
 * A pipeline's configuration from JSON or YAML, with its defaults.
 *
 * @param file for messages
 * @throws ConstitutionError `bad-config`: names file, line and field of each of the first faults, what was given and what is expected
 * @example
 * const config = parsePipelineConfig("{ policy: demo, prompts: prompts.jsonl, heldOutPrompts: held-out.jsonl, judge: demo }");
 * config.prefer.pairs; // "contrast"
 */
export function parsePipelineConfig(text: string, file = "the configuration"): PipelineConfig {
  const example = '{"policy": …, "prompts": …, "heldOutPrompts": …, "judge": …}';
  return parseValidated(text, { name: file, schema: pipelineSchema, code: "bad-config", example });
}
