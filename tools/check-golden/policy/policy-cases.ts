import { loadPolicy } from "@cai/policy";
import { type CaseResult, check } from "../case.ts";
import { readJson } from "../golden-json.ts";
import { distributionCases } from "./distribution-cases.ts";
import type { ExpectedPolicy } from "./expected.ts";
import { greedyCases } from "./greedy-cases.ts";
import { logitsCases } from "./logits-cases.ts";
import { tokenizerCases } from "./tokenizer-cases.ts";

/** `expected.json` of a causal language model: logits, log-probabilities, entropies, greedy tokens, tokenizer. */
export async function* policyCases(file: string, directory: string): AsyncGenerator<CaseResult> {
  const expected = await readJson<ExpectedPolicy>(`${directory}/expected.json`);
  const policy = await loadPolicy(directory);
  try {
    for (const cases of [logitsCases, distributionCases, greedyCases, tokenizerCases])
      for (const { name, compute } of cases(policy, expected)) yield await check(file, name, compute);
  } finally {
    policy.dispose();
  }
}
