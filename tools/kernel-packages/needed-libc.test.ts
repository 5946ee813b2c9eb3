import { expect, test } from "vitest";
import { neededLibc } from "./needed-libc.mjs";

const file = Buffer.from("\x7fELF\0memcpy\0GLIBC_2.14\0GLIBC_2.2.5\0GLIBC_2.9\0GLIBCXX_3.4.30\0");

test("the newest version that is named counts, by number", () => {
  expect(neededLibc(file)).toEqual({ glibc: "2.14", isTooNew: false });
});

test("it is too new above the most that is allowed", () => {
  expect(neededLibc(file, "2.14").isTooNew).toBe(false);
  expect(neededLibc(file, "2.13").isTooNew).toBe(true);
  expect(neededLibc(file, "2.9").isTooNew).toBe(true);
  expect(neededLibc(file, "3.1").isTooNew).toBe(false);
});

test("a file that names none is refused", () => {
  expect(() => neededLibc(Buffer.from("MZ"))).toThrow("no symbol of glibc");
});
