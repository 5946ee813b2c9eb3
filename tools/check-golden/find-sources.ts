import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type CaseResult, fail, skip } from "./case.ts";
import { readJson } from "./golden-json.ts";
import { notBuiltYet } from "./not-built-yet.ts";
import { policyCases } from "./policy/policy-cases.ts";
import { vectorCases } from "./vectors/vector-cases.ts";

/** A golden file and the cases in it. */
export interface GoldenSource {
  readonly file: string;
  readonly cases: () => AsyncIterable<CaseResult>;
}

/** What a golden folder may hold; each is optional. */
export const lookedFor =
  "vectors.json, trl_ppo_steps.json (its step runs on tiny-gpt2/), smollm2-expected.json, and in folders of models or adapters " +
  "(config.json or adapter_config.json) expected.json and ppo_step.json";
