import { Readable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { readInputLines } from "./read-lines.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

async function readStandardInput(...chunks: Buffer[]) {
  vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from(chunks) as typeof process.stdin);
  return readInputLines("-");
}

test("standard input is read as a file is: its mark goes, and a letter may be split between chunks", async () => {
  const bytes = Buffer.from("\uFEFFcafé\r\n\nb\n");
  const lines = await readStandardInput(bytes.subarray(0, 7), bytes.subarray(7));
  expect(lines).toEqual([
    { text: "café", where: "standard input:1" },
    { text: "b", where: "standard input:3" },
  ]);
});

test.each([
  ["Latin-1", Buffer.from("a\nb\ncaf\xe9\n", "latin1"), /^standard input:3 is not UTF-8 text: save it as UTF-8/],
  ["UTF-16 with its mark", Buffer.from("\uFEFFab", "utf16le"), /^standard input:1 is not UTF-8 text but UTF-16: save it as UTF-8/],
  ["UTF-16 without one", Buffer.from("a prompt\n", "utf16le"), /^standard input:1 is not UTF-8 text but UTF-16/],
  ["nothing", Buffer.from("\n"), /^standard input is empty/],
])("%s on standard input is refused", async (_, bytes, message) => {
  await expect(readStandardInput(bytes)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
});
