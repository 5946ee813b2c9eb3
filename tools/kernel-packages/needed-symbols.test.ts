import { expect, test } from "vitest";
import { neededSymbols, readSymbols, tooNew } from "./needed-symbols.mjs";

const file = Buffer.from("\x7fELF\0log\0GLIBC_2.14\0GLIBC_2.2.5\0GLIBC_2.9\0GLIBC_PRIVATE\0GLIBCXX_3.4\0GLIBCXX_3.4.30\0CXXABI_1.3.9\0");

test("the newest version of each library counts, by number", () => {
  expect(neededSymbols(file)).toEqual({ GLIBC: "2.14", GLIBCXX: "3.4.30", CXXABI: "1.3.9" });
});

test("what is above the most that is allowed is told", () => {
  const needed = neededSymbols(file);
  expect(tooNew(needed, { GLIBC: "2.14", GLIBCXX: "3.4.30" })).toEqual([]);
  expect(tooNew(needed, { GLIBC: "2.9", GLIBCXX: "3.4.25", CXXABI: "1.3.11" })).toEqual(["GLIBC_2.14", "GLIBCXX_3.4.30"]);
  expect(tooNew(needed, { GLIBC: "3.0", GLIBCXX: "3.4" })).toEqual(["GLIBCXX_3.4.30"]);
  expect(tooNew(needed, {})).toEqual([]);
});

test("a file that names none is refused", () => {
  expect(() => neededSymbols(Buffer.from("MZ"))).toThrow("no symbol of glibc");
});

test("the most is spelled as linkers spell it, and nothing else is taken for it", () => {
  expect(readSymbols("GLIBC_2.28,GLIBCXX_3.4.25")).toEqual({ GLIBC: "2.28", GLIBCXX: "3.4.25" });
  expect(["2.28", "GLIBC_x", "GLIB_2.28", "GLIBC_2.28,"].map(readSymbols)).toEqual([undefined, undefined, undefined, undefined]);
});
