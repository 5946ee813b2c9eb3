import { openGguf } from "@cai/gguf";
import { loadPolicy } from "@cai/policy";
import { getSmollm2 } from "../../get-smollm2.mjs";
import { type CaseResult, check } from "../case.ts";
import { readJson } from "../golden-json.ts";
import type { ExpectedSmollm2 } from "./expected.ts";
import { fileCases } from "./file-cases.ts";
import { policyCases } from "./policy-cases.ts";

/** `smollm2-expected.json`: a real model in a GGUF file, which is fetched where the cache does not have it. */
export async function* smollm2Cases(file: string, path: string): AsyncGenerator<CaseResult> {
  const expected = await readJson<ExpectedSmollm2>(path);
  const model = await getSmollm2({ progress: (text) => console.error(`${file}: the model: ${text}`) });
  const gguf = await openGguf(model);
  try {
    for (const { name, compute } of fileCases(gguf, expected)) yield await check(file, name, compute);
  } finally {
    await gguf.close();
  }
  const policy = await loadPolicy(model);
  try {
    for (const { name, compute } of policyCases(policy, expected)) yield await check(file, name, compute);
  } finally {
    policy.dispose();
  }
}
