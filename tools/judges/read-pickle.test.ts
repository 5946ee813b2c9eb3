import { expect, test } from "vitest";
import { readPickle } from "./read-pickle.ts";

/** Opcodes as text, a byte a character; numbers as in Python's pickletools. */
const pickle = (...parts: readonly string[]) => Uint8Array.from(Buffer.from(parts.join(""), "latin1"));
const unicode = (text: string) => {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length);
  return `X${length.toString("latin1")}${bytes.toString("latin1")}`;
};
const classes = ["tiny Tokenizer", "collections OrderedDict", "collections defaultdict"];

test("a dict of strings, whole numbers, truth values and None", () => {
  const bytes = pickle(
    "\x80\x03}q\x00(",
    `${unicode("é")}K\x07`,
    `${unicode("two bytes")}M\x01\x02`,
    `${unicode("four")}J\xfe\xff\xff\xff`,
    `${unicode("yes")}\x88${unicode("no")}\x89${unicode("none")}N`,
    "u.",
  );
  expect(readPickle(bytes, { classes })).toEqual(
    new Map<string, unknown>([
      ["é", 7],
      ["two bytes", 513],
      ["four", -2],
      ["yes", true],
      ["no", false],
      ["none", null],
    ]),
  );
});

test("what was said before is remembered by its number", () => {
  const bytes = pickle(`\x80\x03}(${unicode("a")}q\x00K\x01${unicode("b")}r\x00\x01\x00\x00K\x02u}(h\x00K\x03j\x00\x01\x00\x00K\x04u\x85.`);
  expect(readPickle(bytes, { classes })).toEqual([
    new Map([
      ["a", 3],
      ["b", 4],
    ]),
  ]);
});

test("a word that begins with a byte order mark is not the word without it", () => {
  const bytes = pickle(`\x80\x03}(${unicode("would")}K\x2d${unicode("\ufeffwould")}J\x35\xdb\x03\x00u.`);
  expect([...(readPickle(bytes, { classes }) as Map<string, number>).values()]).toEqual([45, 252_725]);
});

test("an instance of a class that is expected is its attributes, and its entries where it is a dict", () => {
  const words = `ccollections\nOrderedDict\n)R(${unicode("you")}K\x05u`;
  const counts = "ccollections\ndefaultdict\ncbuiltins\nint\n\x85R";
  const bytes = pickle(`\x80\x03ctiny\nTokenizer\n)\x81}(${unicode("words")}${words}${unicode("counts")}${counts}ub.`);
  expect(readPickle(bytes, { classes })).toEqual(
    new Map([
      ["words", new Map([["you", 5]])],
      ["counts", new Map()],
    ]),
  );
});

test("a class or function that is not expected is neither looked up nor called", () => {
  const bytes = pickle(`\x80\x03cos\nsystem\n${unicode("true")}\x85R.`);
  expect(() => readPickle(bytes, { classes })).toThrow("a pickle that makes os system: only tiny Tokenizer,");
});

test.each([
  ["an opcode that is not read", "\x80\x03]q\x00.", "opcode 0x5d at byte 2"],
  ["bytes that end early", `\x80\x03${unicode("cut").slice(0, -1)}`, "no whole pickle: it ends at byte 9"],
  ["no end", "\x80\x03}", "no whole pickle"],
  ["nothing on the stack", "\x80\x03.", "nothing on the stack at byte 3"],
  ["entries without a mark", "\x80\x03}K\x01K\x02u.", "entries without a mark at byte 8"],
  ["a number that nothing was remembered by", "\x80\x03h\x07.", "nothing is remembered by 7"],
  ["attributes of a number", "\x80\x03K\x01}b.", "of no dict or instance"],
])("%s is refused", (_, text, message) => {
  expect(() => readPickle(pickle(text), { classes })).toThrow(message);
});
