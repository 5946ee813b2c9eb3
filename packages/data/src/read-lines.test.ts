import { Readable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { readText } from "./read-lines.ts";
import { readPrompts } from "./read-prompts.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

async function readStandardInput(...chunks: Buffer[]) {
  vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from(chunks) as typeof process.stdin);
  return (await readPrompts("-")).rows;
}

test("standard input is read as a file is: its mark goes, and a letter may be split between chunks", async () => {
  const bytes = Buffer.from("\uFEFFcafé\r\n\nb\n");
  expect(await readStandardInput(bytes.subarray(0, 7), bytes.subarray(7))).toEqual([
    { row: { prompt: "café" }, where: "standard input:1" },
    { row: { prompt: "b" }, where: "standard input:3" },
  ]);
});

test.each([
  ["Latin-1", Buffer.from("a\nb\ncaf\xe9\n", "latin1"), /^standard input:3 is not UTF-8 text: save it as UTF-8/],
  ["UTF-16 with its mark", Buffer.from("\uFEFFab", "utf16le"), /^standard input:1 is not UTF-8 text but UTF-16: save it as UTF-8/],
  ["UTF-16 without one", Buffer.from("a prompt\n", "utf16le"), /^standard input:1 is not UTF-8 text but UTF-16/],
  ["nothing", Buffer.from("\n"), /^standard input is empty/],
])("%s on standard input is refused", async (_, bytes, message) => {
  await expect(readStandardInput(bytes)).rejects.toMatchObject({ message: expect.stringMatching(message) });
});

test("a mark of byte order is one at the beginning only; anywhere else it is text", async () => {
  const [first, second] = await readStandardInput(Buffer.from("\uFEFFa\n\uFEFFb\n"));
  expect([first!.row.prompt, second!.row.prompt]).toEqual(["a", "\uFEFFb"]);
});

test("a whole text keeps its blank lines", async () => {
  vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([Buffer.from('{\r\n\n"a": 1}\n')]) as typeof process.stdin);
  expect(await readText("-")).toBe('{\n\n"a": 1}');
});
