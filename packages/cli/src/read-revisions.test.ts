import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { readRevisions } from "./read-revisions.ts";

const row = {
  prompt: [{ role: "user", content: "Hello." }],
  response: "Go.",
  critiques: ["Rude.", "Short."],
  revisions: ["Go, please.", "Go."],
  written: ["Go, please.", "Go."],
  endings: { response: "finished", critiques: ["cut", "finished"], revisions: ["finished", "unknown"] },
  principles: ["calm", "brief"],
  verdicts: [{ kept: true }, { kept: false, refusal: "unchanged" }],
  constitution: "c0de",
};

async function read(...rows: object[]) {
  const file = join(await temporaryFolder(), "revised.jsonl");
  await writeFile(file, rows.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return (await readRevisions(file)).rows;
}

test("rows are cut behind the last revision that was kept; those without one are left out", async () => {
  const none = { ...row, verdicts: [{ kept: false }, { kept: false }] };
  const rows = await read(row, none);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ prompt: row.prompt, response: "Go.", revisions: ["Go, please."], principles: ["calm"] });
  await expect(read(none)).rejects.toThrow("has no revision that the gate of cai revise kept");
});

test.each([{ revisions: "Go." }, { verdicts: [{}] }, { response: undefined }, { principles: [1] }, { endings: undefined }])(
  "%j is refused",
  async (changes) => {
    await expect(read(row, { ...row, ...changes })).rejects.toMatchObject({
      code: "bad-row",
      message: expect.stringMatching(/:2 is no row of cai revise/),
    });
  },
);
