import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const repository = new URL("../../../", import.meta.url);

/** The path of a file or folder of this repository, which tests read as the data that it is. */
export function repositoryPath(name: string): string {
  return fileURLToPath(new URL(name, repository));
}

/** The path of a file or folder of `tools/golden`, which PyTorch and TRL wrote. */
export function goldenPath(name: string): string {
  return repositoryPath(`tools/golden/${name}`);
}

/** A JSON file of `tools/golden`, as its test describes it. */
export function readGolden<Content>(name: string): Content {
  return JSON.parse(readFileSync(goldenPath(name), "utf8")) as Content;
}

/** An adapter as PEFT saves it, on one of the tiny models: `gpt2-adapter`, `llama-tied-embedding` and the others of tools/golden-adapters.py. */
export function goldenAdapter(kind: string): string {
  return repositoryPath(`packages/policy/src/lora/golden/${kind}`);
}

/** The kinds of {@link goldenAdapter} that there are. */
export const goldenAdapters: readonly string[] = readdirSync(goldenAdapter(""));

/** A classifier as `transformers` and `torch` export it: `two-labels` and the others of tools/golden-rewards. */
export function goldenClassifier(kind: string): string {
  return repositoryPath(`packages/reward-model/src/golden/${kind}`);
}
