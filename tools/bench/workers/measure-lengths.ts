import { fileURLToPath } from "node:url";
import { rowLengths } from "@cai/contracts";
import { readPrompts } from "@cai/data";
import type { CausalPolicy } from "@cai/policy";
import { leftPad, tokenizePrompts } from "@cai/rollouts";

const prompts = fileURLToPath(new URL("../../../docs/examples/constitutional-ai/provoking-prompts.jsonl", import.meta.url));
const [rows, mostTokens] = [48, 128];

/** How many tokens a real model's answers to real prompts have. */
export async function measureLengths(policy: CausalPolicy): Promise<readonly number[]> {
  const { rows: read } = await readPrompts(prompts);
  const asked = read.slice(0, rows).map(({ row }) => ({ messages: [{ role: "user" as const, content: row.prompt as string }] }));
  const tokenized = tokenizePrompts(asked, policy, mostTokens);
  const lengths: number[] = [];
  for (let start = 0; start < rows; start += 16) {
    const batch = leftPad(tokenized.slice(start, start + 16).map(({ ids }) => ids));
    const draws = { seed: 1, stream: "rollout", step: 1, firstSample: start };
    const { responses } = await policy.generate(batch, { draws, maxNewTokens: mostTokens });
    lengths.push(...rowLengths(responses.mask, responses.shape));
  }
  return lengths;
}
