import fc from "fast-check";
import { expect, test } from "vitest";
import { splitLines } from "./split-lines.ts";

async function split(pieces: readonly Uint8Array[]): Promise<string[]> {
  async function* given() {
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of splitLines(given(), "text")) lines.push(Buffer.from(line).toString());
  return lines;
}

test("a line that nothing follows needs no end, and what follows the last end is no line", async () => {
  expect(await split([Buffer.from("a\nb")])).toEqual(["a", "b"]);
  expect(await split([Buffer.from("a\n\n")])).toEqual(["a", ""]);
  expect(await split([])).toEqual([]);
});

test("wherever a text is cut into pieces, its lines are the same", async () => {
  const texts = fc.array(fc.constantFrom("a", "é", "\n", "😀"), { maxLength: 20 }).map((letters) => Buffer.from(letters.join("")));
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), async (bytes, places) => {
      const cuts = [0, ...places.filter((place) => place < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const pieces = cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
      const lines = bytes.toString().split("\n");
      expect(await split(pieces)).toEqual(lines.at(-1) === "" ? lines.slice(0, -1) : lines);
    }),
  );
});

test("a line that would fill the memory is refused by its number", async () => {
  const long = new Uint8Array(2 ** 26).fill(0x61);
  await expect(split([Buffer.from("a\n"), long, long, long, long, long])).rejects.toMatchObject({
    code: "bad-file",
    message: expect.stringMatching(/^text:2 is longer than 256 MB/),
  });
});
