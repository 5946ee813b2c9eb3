import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { corpusOf } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";
import { type FuzzTarget, readOne } from "./target.ts";
import { targets } from "./targets.ts";

/** A hundred inputs each in every run, the same each time; `npm run test:slow -- fuzz` reads a million others. */
const [count, seed] = [100, 1];

test.each(targets)("$name: inputs are read or refused on purpose, in time", { timeout: 120_000 }, async (target) => {
  const { inputs, refused } = await fuzz(target, { count, seed });
  expect(inputs).toBe(count);
  if (target.errors.length === 0) return;
  // Inputs reach what lies behind the first check, and are wrong often enough.
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(count);
});

test.each(targets.filter(({ name }) => corpusOf(name).size > 0))("$name: inputs that once went wrong don't any more", async (target) => {
  for (const [file, input] of corpusOf(target.name)) await expect(readOne(target, input), file).resolves.toMatch(/^(read|refused)$/);
});

test("names are those of the corpus's folders, each once", () => {
  const names = targets.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const folders = readdirSync(fileURLToPath(new URL("corpus", import.meta.url)), { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  expect(folders.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
});

const reading = (read: FuzzTarget["read"]): FuzzTarget => ({
  name: "one",
  inputs: fc.constant(new Uint8Array()),
  share: 1,
  errors: [],
  read,
});

test.each<[string, () => unknown, string]>([
  ["an error that is not its own", () => JSON.parse("{"), "not refused on purpose: SyntaxError"],
  [
    "too long a time",
    () => {
      for (const end = process.cpuUsage().user + 1.02e6; process.cpuUsage().user < end; );
    },
    "took",
  ],
])("%s is told", async (_, read, message) => {
  await expect(readOne(reading(read), new Uint8Array())).rejects.toThrow(message);
});

test("a property of every object is told", async () => {
  const pollute = () =>
    Object.defineProperty(Object.prototype, "polluted", { value: 1, enumerable: true, configurable: true, writable: true });
  try {
    await expect(readOne(reading(pollute), new Uint8Array())).rejects.toThrow("gave every object polluted");
  } finally {
    delete (Object.prototype as { polluted?: number }).polluted;
  }
});
