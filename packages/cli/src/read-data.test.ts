import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readExamples, readPairs } from "@cai/data";
import { temporaryFolder } from "@cai/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { dataReader } from "./read-data.ts";

function standardError(): () => string {
  let written = "";
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  return () => written;
}

async function fileOf(name: string, ...lines: string[]): Promise<string> {
  const file = join(await temporaryFolder(), name);
  await writeFile(file, lines.join("\n"));
  return file;
}

test("what was passed over is told for each file, the first lines in full", async () => {
  const [texts, pairs, fine] = [
    await fileOf("texts.jsonl", '{"text": "a"}', ...Array.from({ length: 7 }, () => "no")),
    await fileOf("pairs.jsonl", '{"chosen": "b", "rejected": "c"}', '{"chosen": "b"}'),
    await fileOf("fine.jsonl", '{"text": "a"}'),
  ];
  const said = standardError();
  const reader = dataReader({ skipBadLines: true });
  for (const file of [texts, fine]) expect((await reader.read(readExamples, file)).rows).toHaveLength(1);
  expect((await reader.read(readPairs, pairs)).rows).toHaveLength(1);
  expect(said()).toBe("");
  reader.tellSkipped();
  expect(said().split("\n")).toEqual([
    `7 lines of ${texts} passed over:`,
    ...[2, 3, 4, 5, 6].map((line) => `  ${texts}:${line} is not JSON: expected an object on each line`),
    "  and 2 more",
    `1 line of ${pairs} passed over:`,
    expect.stringMatching(/^ {2}.*pairs\.jsonl:2 has no pair: expected /),
    "",
  ]);
});

test("the first bad line, and a file of nothing else, are wrong use", async () => {
  const file = await fileOf("bad.jsonl", "no", "no");
  const read = (skipBadLines: boolean) => dataReader({ skipBadLines }).read(readExamples, file);
  await expect(read(false)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(/bad\.jsonl:1 is not JSON/) });
  await expect(read(true)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(/^none of the 2 rows of /) });
});
