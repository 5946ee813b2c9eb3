import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "@cai/policy";
import { leftPad } from "@cai/trainer";
import { policyDirectory, promptsDirectory } from "./asset-folders.ts";

const batchSize = 64;
const maxNewTokens = 28;

/** The pretrained policy's responses at a temperature to the prompts of a file, each with its prompt before it. */
export async function untrainedTexts(file: "train.jsonl" | "heldout.jsonl", temperature = 1): Promise<string[]> {
  const policy = await loadPolicy(policyDirectory);
  const prompts = readFileSync(join(promptsDirectory, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { prompt: string }).prompt);
  const texts: string[] = [];
  for (let start = 0; start < prompts.length; start += batchSize) {
    const batch = prompts.slice(start, start + batchSize);
    const draws = { seed: 1, stream: `untrained ${file}`, step: 0, firstSample: start };
    const { responses } = await policy.generate(leftPad(batch.map((prompt) => policy.tokenizer.encode(prompt))), {
      draws,
      maxNewTokens,
      temperature,
    });
    const columns = responses.shape[1];
    for (const [row, prompt] of batch.entries()) {
      const ids = responses.ids
        .subarray(row * columns, (row + 1) * columns)
        .filter((_, column) => responses.mask[row * columns + column] === 1);
      texts.push(prompt + policy.tokenizer.decode(ids, { skipSpecialTokens: true }));
    }
  }
  policy.dispose();
  return texts;
}
