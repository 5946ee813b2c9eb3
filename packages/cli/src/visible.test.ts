import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { terminalOf } from "./terminal.ts";
import { print, printError, visible } from "./visible.ts";

afterEach(() => vi.restoreAllMocks());

test("what would steer a terminal is shown: title, cursor, clipboard, 8-bit codes, directions", () => {
  expect(visible("a\u001b]0;title\u0007b")).toBe("a\\u001b]0;title\\u0007b");
  expect(visible("\r\u001b[2Kdone")).toBe("\\u000d\\u001b[2Kdone");
  expect(visible("\u009b1m\u007f\u0000\b\u0007[1m")).toBe("\\u009b1m\\u007f\\u0000\\u0008\\u0007[1m");
  expect(visible("\u202egnp.exe")).toBe("\\u202egnp.exe");
});

test("everything else stays as it is: lines, tabs, letters of any script, this program's own styles", () => {
  for (const text of ["a\nb\tc", "é 中 🙂 עברית", "\u001b[1mbold\u001b[22m \u001b[2mdim\u001b[22m"]) expect(visible(text)).toBe(text);
});

test("no control character is left of any text, and a second time changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = visible(text.replaceAll("\u001b", ""));
      expect(shown.replace(/[\n\t]/g, "")).not.toMatch(/\p{Cc}/u);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

function recording(isTTY: boolean) {
  let written = "";
  const stream = { isTTY, columns: 80, write: (text: string) => (written += text) };
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => written };
}

test("a terminal gets texts visible, also where one is written over the last", () => {
  const { stream, written } = recording(true);
  const terminal = terminalOf(stream, {});
  terminal.write(`${terminal.bold("a\u001b]0;t\u0007")}\n`);
  terminal.rewrite("\u001b[2J");
  expect(written()).toBe("\u001b[1ma\\u001b]0;t\\u0007\u001b[22m\n\r\u001b[K\\u001b[2J");
});

test("standard output is bytes as they are in a pipe, and visible on a terminal; standard error always is", () => {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const error = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const wasTTY = process.stdout.isTTY;
  try {
    process.stdout.isTTY = false;
    print("\u001b[2J");
    process.stdout.isTTY = true;
    print("\u001b[2J");
  } finally {
    process.stdout.isTTY = wasTTY;
  }
  printError("\u001b[2J");
  expect(out.mock.calls.flat()).toEqual(["\u001b[2J", "\\u001b[2J"]);
  expect(error.mock.calls.flat()).toEqual(["\\u001b[2J"]);
});

test("nothing else writes to standard output or error", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const writers = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ts$/.test(file) && !/\.(test|slow|fixture)\.ts$/.test(file))
    .filter((file) => /process\.std(out|err)\.write\((?!"")/.test(readFileSync(folder + file, "utf8")));
  expect(writers).toEqual(["visible.ts"]);
});
