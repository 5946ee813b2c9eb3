import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { PythonFloat } from "@cai/contracts";
import { temporaryFolder } from "@cai/testing";
import { expect, test, vi } from "vitest";
import { readCompletions } from "./read-completions.ts";
import { readExamples } from "./read-examples.ts";
import { readPairs } from "./read-pairs.ts";
import { readPrompts } from "./read-prompts.ts";
import { streamRows } from "./read-rows.ts";

// tools/parquet-fixtures.py has written these.
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.parquet`, import.meta.url));
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

test("rows of all row groups come in order, with their numbers (snappy)", async () => {
  const file = fixture("examples-snappy");
  const { rows } = await readExamples(file);
  expect(rows.map(({ row }) => row)).toEqual([
    { prompt: "2 + 2 =", completion: " 4" },
    { prompt: "3 + 3 =", completion: " 6" },
    { prompt: "café,", completion: " bar" },
    { prompt: "2 + 2 =", completion: " four" },
    { prompt: "naïve", completion: " 😀" },
  ]);
  expect(rows.map(({ where }) => where)).toEqual([1, 2, 3, 4, 5].map((row) => `${file} row ${row}`));
});

test("nested messages and tools read as the JSON would that they were made of (zstd): nulls are absent, numbers are Python's", async () => {
  const { rows } = await readExamples(fixture("messages-zstd"));
  const tool = new Map<string, unknown>([
    ["name", "f"],
    ["limit", 2n ** 60n],
    ["rate", new PythonFloat(1)],
    ["half", 0.5],
    ["size", 3],
    ["2", "b"],
    ["1", "a"],
  ]);
  const calls = [{ id: 7, arguments: { x: new PythonFloat(2) } }];
  expect(rows.map(({ row }) => row)).toEqual([
    { messages: [user("hi"), { role: "assistant", tool_calls: calls }], tools: [tool] },
    { messages: [{ role: "system", content: "be brief" }, user("a"), assistant("b")] },
  ]);
});

test("numbers of pairs are numbers, also of 64-bit ints; a null is none (gzip, pages of version 2)", async () => {
  expect((await readPairs(fixture("pairs-gzip"))).rows.map(({ row }) => row)).toEqual([
    { prompt: [user("hi")], chosen: [assistant("hello")], rejected: [assistant("go away")], margin: 2 },
    { prompt: [user("so?")], chosen: [assistant("yes")], rejected: [assistant("no")], probability: 0.75 },
  ]);
});

test("cells of JSON are read as JSON, nulls and the order of keys included", async () => {
  const {
    rows: [read],
  } = await readPrompts(fixture("prompts-json"));
  const call = {
    arguments: new Map<string, unknown>([
      ["x", new PythonFloat(1)],
      ["2", 1],
      ["1", 2],
    ]),
  };
  expect(read!.row.prompt).toEqual({ messages: [user("hi"), { role: "assistant", content: null, tool_calls: [call] }] });
});

test("a row that lacks a value is refused by its number, or passed over", async () => {
  const file = fixture("labelled-nulls");
  await expect(readCompletions(file)).rejects.toMatchObject({
    code: "bad-row",
    message: `${file} row 3 has no labelled completion: expected {"prompt": …, "completion": …, "label": …}`,
  });
  const { rows, skipped } = await readCompletions(file, { skipBadRows: true });
  expect(rows.map(({ row }) => row)).toEqual([
    { prompt: "a", completion: " b", label: true },
    { prompt: "a", completion: " c", label: false },
  ]);
  expect(skipped.first.map(({ where }) => where)).toEqual([`${file} row 3`, `${file} row 4`]);
});

test("a file of other columns has no row of the form", async () => {
  await expect(readPairs(fixture("examples-snappy"))).rejects.toThrow("row 1 has no pair");
  const onlyLabels = { columns: ["label"], ofColumns: () => ({}) };
  const wheres: string[] = [];
  for await (const { where } of streamRows(fixture("examples-snappy"), onlyLabels)) wheres.push(where);
  expect(wheres).toHaveLength(5);
});

test("it is told by its first bytes, under any name and on standard input", async () => {
  const folder = await temporaryFolder();
  await copyFile(fixture("examples-snappy"), join(folder, "data.jsonl"));
  expect((await readExamples(join(folder, "data.jsonl"))).rows).toHaveLength(5);

  const bytes = await readFile(fixture("examples-snappy"));
  const stdin = vi.spyOn(process, "stdin", "get");
  stdin.mockReturnValue(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]) as typeof process.stdin);
  const { rows } = await readExamples("-");
  stdin.mockRestore();
  expect(rows.at(-1)).toEqual({ row: { prompt: "naïve", completion: " 😀" }, where: "standard input row 5" });
});

test("what is called Parquet and is none, or is broken, is refused with what to do", async () => {
  const folder = await temporaryFolder();
  const whole = await readFile(fixture("examples-snappy"));
  const scrambled = Buffer.from(whole);
  scrambled.fill(0xff, 4, 200); // the first pages
  const footless = Buffer.concat([whole.subarray(0, 8), Buffer.alloc(16, 0xff), Buffer.from([16, 0, 0, 0]), Buffer.from("PAR1")]);
  const refused: [string, string | Uint8Array, RegExp][] = [
    ["lines.parquet", '{"text": "a"}\n', /lines\.parquet is called a Parquet file and is none: it doesn't begin with PAR1$/],
    [
      "lfs.parquet",
      "version https://git-lfs.github.com/spec/v1\n",
      /lfs\.parquet .* the pointer that Git LFS keeps .*: fetch the file itself$/,
    ],
    ["cut.parquet", whole.subarray(0, -20), /cut\.parquet is a Parquet file that was cut short: .* download or copy it again$/],
    ["head.parquet", whole.subarray(0, 4), /head\.parquet is a Parquet file that was cut short/],
    ["footless.parquet", footless, /footless\.parquet can't be read, its footer is broken: /],
    ["scrambled.parquet", scrambled, /scrambled\.parquet can't be read, row group 1 of 2 is broken: /],
  ];
  for (const [name, content, message] of refused) {
    await writeFile(join(folder, name), content);
    const reading = readExamples(join(folder, name), { skipBadRows: true });
    await expect(reading, name).rejects.toMatchObject({ code: "bad-file", message: expect.stringMatching(message) });
  }
  await expect(readExamples(fixture("text-latin1"))).rejects.toMatchObject({
    code: "bad-file",
    message: expect.stringMatching(/row group 1 of 1 is broken: .*utf-8/),
  });
  await expect(readExamples(fixture("no-rows"))).rejects.toMatchObject({ code: "bad-file", message: expect.stringContaining("is empty") });
});
