import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { exampleForm } from "./read-examples.ts";
import { type ReadOptions, readRows, type SkippedRow, streamRows } from "./read-rows.ts";

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), name);
  await writeFile(file, content);
  return file;
}

const read = async (content: string | Uint8Array, options?: ReadOptions, name = "data.jsonl") =>
  readRows(await fileOf(name, content), exampleForm, options);

const mixed = '{"text": "a"}\n{"text": \n\n{"story": "b"}\n{"text": "c"}\n';

test("the first row that can't be read ends reading, unless bad rows are passed over: then they are told and counted", async () => {
  await expect(read(mixed)).rejects.toMatchObject({ code: "bad-row", message: expect.stringMatching(/data\.jsonl:2 is not JSON/) });
  const told: SkippedRow[] = [];
  const { rows, skipped } = await read(mixed, { skipBadRows: true, onSkipped: (row) => told.push(row) });
  expect(rows.map(({ row, where }) => [row, Number(where.at(-1))])).toEqual([
    [{ text: "a" }, 1],
    [{ text: "c" }, 5],
  ]);
  expect(skipped).toEqual({ count: 2, first: told });
  expect(told.map(({ where, message }) => message.replace(where, where.slice(-1)))).toEqual([
    "2 is not JSON: expected an object on each line",
    '4 has no example: expected {"prompt": …, "completion": …}, {"messages": …} or {"text": …}',
  ]);
});

test("of many bad rows the first five are told", async () => {
  const { skipped } = await read(`${"no\n".repeat(8)}{"text": "a"}`, { skipBadRows: true });
  expect(skipped.count).toBe(8);
  expect(skipped.first.map(({ where }) => Number(where.at(-1)))).toEqual([1, 2, 3, 4, 5]);
});

test("a line that is not UTF-8 is a bad row; that a file has no good one is its own fault", async () => {
  const { rows } = await read(Buffer.from("caf\xe9\nsoup\n", "latin1"), { skipBadRows: true }, "data.txt");
  expect(rows.map(({ row }) => row)).toEqual([{ text: "soup" }]);
  await expect(read("1\n2\n", { skipBadRows: true })).rejects.toMatchObject({
    code: "bad-file",
    message: expect.stringMatching(/^none of the 2 rows of .*data\.jsonl can be read: .*data\.jsonl:1 holds a number/),
  });
});

test("what a form throws by mistake is no bad row", async () => {
  const form = {
    columns: [],
    ofColumns: () => {
      throw new TypeError("a bug");
    },
  };
  await expect(readRows(await fileOf("a.jsonl", "{}"), form, { skipBadRows: true })).rejects.toThrow(TypeError);
});

test("a loop that ends early has read no further than it went, and closed the file", async () => {
  const file = await fileOf("data.jsonl", mixed);
  for await (const { row } of streamRows(file, exampleForm)) {
    expect(row).toEqual({ text: "a" });
    break; // the next row would be refused
  }
});

test.skipIf(process.platform === "win32")("a pipe is read as a file is", async () => {
  const fifo = join(await temporaryFolder(), "pipe.jsonl");
  await once(spawn("sh", ["-c", 'mkfifo "$0"', fifo]), "exit");
  const reading = readRows(fifo, exampleForm);
  await writeFile(fifo, '{"text": "a"}\n');
  expect((await reading).rows).toEqual([{ row: { text: "a" }, where: `${fifo}:1` }]);
});
