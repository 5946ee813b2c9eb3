import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { readCompletions } from "./read-completions.ts";
import { readPairs } from "./read-pairs.ts";

async function fileOf(...rows: unknown[]): Promise<string> {
  const file = join(await temporaryFolder(), "labelled.jsonl");
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  return file;
}

const user = { role: "user", content: "hi" };
const says = (content: string) => ({ role: "assistant", content });

test("a row has TRL's forms, text or conversations with their columns; others of its columns are left out", async () => {
  const rows = [
    { label: true, prompt: "a", completion: "b", id: 3 },
    { prompt: [user], completion: [says("c")], label: false, tools: [{ name: "f" }] },
  ];
  expect((await readCompletions(await fileOf(...rows))).rows.map(({ row }) => row)).toEqual([
    { prompt: "a", completion: "b", label: true },
    { prompt: [user], completion: [says("c")], label: false, tools: [{ name: "f" }] },
  ]);
});

test.each([
  [{ prompt: "a", completion: "b" }, /labelled\.jsonl:1 has no labelled completion: expected \{"prompt": …, "completion": …, "label": …\}/],
  [{ prompt: "a", completion: "b", label: 1 }, /labelled\.jsonl:1 holds a number as "label": expected true or false/],
  [{ prompt: [user], completion: "b", label: true }, /labelled\.jsonl:1 holds an array as "prompt": expected both prompt and completion/],
  [{ prompt: [user], completion: [{ role: "assistant" }], label: true }, /labelled\.jsonl:1 holds a "completion" that is no conversation/],
])("%j is refused by its file and line", async (row, message) => {
  await expect(readCompletions(await fileOf(row))).rejects.toMatchObject({ code: "bad-row", message: expect.stringMatching(message) });
});

test("read as pairs, completions of one prompt make them, behind the pairs that are in the file", async () => {
  const file = await fileOf(
    { prompt: "a", completion: " good", label: true },
    { prompt: "b", completion: " alone", label: true },
    { prompt: "c", chosen: " x", rejected: " y" },
    { prompt: "a", completion: " bad", label: false },
  );
  const { rows, unpaired } = await readPairs(file);
  expect(rows).toEqual([
    { row: { prompt: "c", chosen: " x", rejected: " y" }, where: `${file}:3` },
    { row: { prompt: "a", chosen: " good", rejected: " bad" }, where: `${file}:1 and ${file}:4` },
  ]);
  expect(unpaired.map(({ where }) => where)).toEqual([`${file}:2`]);
});

test("completions that make no pair at all are refused", async () => {
  const file = await fileOf({ prompt: "a", completion: " b", label: true }, { prompt: "b", completion: " b", label: false });
  await expect(readPairs(file)).rejects.toMatchObject({ code: "bad-file", message: expect.stringContaining("makes no pair") });
});
