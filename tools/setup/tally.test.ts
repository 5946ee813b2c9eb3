import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test, vi } from "vitest";
import { readTally, tally, tallyTable } from "./tally.mjs";

test("counts of several tests become a table with a sum of each kind", async () => {
  const file = join(await temporaryFolder(), "tally");
  expect(readTally(file)).toEqual([]);
  vi.stubEnv("CAI_TALLY", file);
  tally({ what: "kills survived", of: "ppo", count: 6 });
  tally({ what: "inputs fuzzed", of: "GGUF", count: 1234 });
  tally({ what: "kills survived", of: "dpo", count: 5 });
  vi.unstubAllEnvs();
  expect(tallyTable(readTally(file)).split("\n")).toEqual([
    "inputs fuzzed                         1,234",
    "  GGUF                                1,234",
    "kills survived                           11",
    "  ppo                                     6",
    "  dpo                                     5",
  ]);
});

test("a tally that can't be read is no empty one", async () => {
  const file = join(await temporaryFolder(), "tally");
  await writeFile(file, "{\n");
  expect(() => readTally(file)).toThrow(SyntaxError);
});
