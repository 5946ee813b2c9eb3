import { fileURLToPath } from "node:url";
import { prepareBackend } from "@cai/backend";
import { expect, test } from "vitest";
import type { CaseResult } from "../case.ts";
import { smollm2Cases } from "./smollm2-cases.ts";

const golden = fileURLToPath(new URL("../../golden/smollm2-expected.json", import.meta.url));

test("every golden case of the real model passes", { timeout: 600_000 }, async () => {
  await prepareBackend();
  const results: CaseResult[] = [];
  for await (const result of smollm2Cases("smollm2-expected.json", golden)) results.push(result);
  expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  expect(results.length).toBeGreaterThan(40);
});
