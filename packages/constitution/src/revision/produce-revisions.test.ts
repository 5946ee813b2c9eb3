import { readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { calm, fakeFeedback } from "../fake-feedback.fixture.ts";
import { produceRevisions } from "./produce-revisions.ts";

const prompts = Array.from({ length: 5 }, (_, i) => [{ role: "user", content: `prompt ${i}` }]);
const constitution = { name: "small", principles: [calm], examples: [], sha256: "abc" };
const feedback = fakeFeedback({ write: (messages, sample) => `${messages.length} turns were before sample ${sample}` });

test("a file of revisions that was cut off anywhere goes on to the same bytes and the same report", async () => {
  const file = join(await temporaryFolder(), "revisions.jsonl");
  const given = { file, chunkRows: 2, feedback, constitution, prompts, rounds: 2 };
  const whole = await produceRevisions(given);
  const bytes = await readFile(file);
  expect(
    bytes
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(whole.rows);
  expect(whole.report.prompts).toBe(5);
  for (const length of [0, 10, Math.floor(bytes.length / 2), bytes.length - 1]) {
    await truncate(file, length);
    expect((await produceRevisions(given)).report).toEqual(whole.report);
    expect(await readFile(file)).toEqual(bytes);
  }
});

test.each([
  ["seed", { seed: 1 }],
  ["rounds", { rounds: 2 }],
  ["refuseCut", { refuseCut: false }],
  ["constitution", { constitution: { ...constitution, sha256: "def" } }],
  ["prompts", { prompts: [...prompts.slice(1), prompts[0]!] }],
  ["feedback", { feedback: { ...feedback, identity: "another" } }],
  ["policy", { policy: { ...feedback, identity: "another" } }],
  ["batchSize", { identity: { batchSize: 2 } }],
])("a file that was made with another %s is refused", async (name, change) => {
  const file = join(await temporaryFolder(), "revisions.jsonl");
  const given = { file, chunkRows: 2, feedback, constitution, prompts };
  await produceRevisions(given);
  await expect(produceRevisions({ ...given, ...change })).rejects.toThrow(`${name} was`);
});
