import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { readPairs } from "./read-pairs.ts";

async function read(...lines: unknown[]) {
  const file = join(await temporaryFolder(), "pairs.jsonl");
  await writeFile(file, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  return (await readPairs(file)).rows.map(({ row, where }) => ({ row, line: Number(where.slice(file.length + 1)) }));
}

const user = { role: "user", content: "hi" };
const says = (content: string) => ({ role: "assistant", content });

test("a row has TRL's forms, with its label; others of its columns are left out", async () => {
  const rows = [
    { prompt: "a", chosen: "b", rejected: "c", score: 3 },
    "",
    { chosen: "a b", rejected: "a c", margin: 2, probability: null },
    { prompt: [user], chosen: [says("b")], rejected: [says("c")], probability: 0.7, tools: [{ name: "f" }] },
    { chosen: [user, says("b")], rejected: [user, says("c")] },
  ];
  expect(await read(...rows)).toEqual([
    { row: { prompt: "a", chosen: "b", rejected: "c" }, line: 1 },
    { row: { chosen: "a b", rejected: "a c", margin: 2 }, line: 3 },
    { row: { prompt: [user], chosen: [says("b")], rejected: [says("c")], probability: 0.7, tools: [{ name: "f" }] }, line: 4 },
    { row: { chosen: [user, says("b")], rejected: [user, says("c")] }, line: 5 },
  ]);
});

test.each([
  [{ prompt: "a", chosen: "b" }, /pairs\.jsonl:2 has no pair: expected \{"prompt": …, "chosen": …, "rejected": …\}/],
  [{ chosen: "b", rejected: 3 }, /pairs\.jsonl:2 holds a number as "rejected": expected all of chosen, rejected as text/],
  [
    { prompt: [user], chosen: "b", rejected: "c" },
    /pairs\.jsonl:2 holds an array as "prompt": expected all of prompt, chosen, rejected as text/,
  ],
  [{ chosen: [user], rejected: [{ role: "assistant" }] }, /pairs\.jsonl:2 holds a "rejected" that is no conversation/],
  [{ chosen: "b", rejected: "c", margin: "1" }, /pairs\.jsonl:2 holds a string as "margin": expected a number/],
  ["plain text", /pairs\.jsonl:2 is not JSON/],
])("%j is refused by its file and line", async (row, message) => {
  await expect(read({ chosen: "a", rejected: "b" }, row)).rejects.toMatchObject({
    code: "bad-row",
    message: expect.stringMatching(message),
  });
});
