import { appendFile, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { holdsRows, produceRows, type RowFileOptions } from "./row-file.ts";

interface Square {
  readonly square: number;
  readonly note: string;
}

const square = (i: number): Square => ({ square: i ** 2, note: `é${"x".repeat(i % 3)}` });

async function squares(changes: Partial<RowFileOptions<Square>> = {}) {
  const asked: [number, number][] = [];
  const file = changes.file ?? join(await temporaryFolder(), "squares.jsonl");
  const options: RowFileOptions<Square> = {
    file,
    identity: { power: 2 },
    total: 7,
    chunkRows: 3,
    make: async (first, count) => {
      asked.push([first, count]);
      return Array.from({ length: count }, (_, i) => square(first + i));
    },
    ...changes,
  };
  return { file, asked, options };
}

const whole = Array.from({ length: 7 }, (_, i) => `${JSON.stringify(square(i))}\n`).join("");

test("rows are made in chunks, in order, and stand in the file as lines", async () => {
  const { file, asked, options } = await squares();
  const progress: number[] = [];
  const made = await produceRows({ ...options, onProgress: ({ done }) => progress.push(done) });
  expect(asked).toEqual([
    [0, 3],
    [3, 3],
    [6, 1],
  ]);
  expect(progress).toEqual([0, 3, 6, 7]);
  expect(await readFile(file, "utf8")).toBe(whole);
  expect(made).toEqual({ rows: Array.from({ length: 7 }, (_, i) => square(i)), kept: 0 });
});

test("cut off after any byte, it goes on to the same bytes and makes no whole chunk again", async () => {
  const { file, options } = await squares();
  await produceRows(options);
  const bytes = Buffer.byteLength(whole);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes }), async (length) => {
      await truncate(file, length);
      const lines = Buffer.from(whole).subarray(0, length).toString().split("\n").length - 1;
      const { kept, rows } = await produceRows(options);
      expect(kept).toBe(lines === 7 ? 7 : 3 * Math.floor(lines / 3));
      expect(rows).toHaveLength(7);
      expect(await readFile(file, "utf8")).toBe(whole);
    }),
    { numRuns: 60, examples: [[0], [bytes], [bytes - 1]] },
  );
});

test("what a power cut left in place of a chunk is made again", async () => {
  const { file, options } = await squares();
  await produceRows(options);
  const lines = whole.split("\n");
  await writeFile(file, `${lines.slice(0, 4).join("\n")}\n\0\0\0\n${lines[5]}\n`);
  expect((await produceRows(options)).kept).toBe(3);
  expect(await readFile(file, "utf8")).toBe(whole);
});

test("what stands behind the last row is cut off", async () => {
  const { file, asked, options } = await squares();
  await produceRows(options);
  await appendFile(file, `${JSON.stringify(square(7))}\n`);
  expect((await produceRows(options)).kept).toBe(7);
  expect(asked).toHaveLength(3);
  expect(await readFile(file, "utf8")).toBe(whole);
});

test.each([
  [{ identity: { power: 3 } }, "power was 2, is 3"],
  [{ identity: { power: 2, seed: 1 } }, "seed was not given, is 1"],
  [{ total: 8 }, "total was 7, is 8"],
  [{ chunkRows: 4 }, "chunkRows was 3, is 4"],
])("a file that was made otherwise is refused and left as it is: %j", async (change, message) => {
  const { file, options } = await squares();
  await produceRows(options);
  await expect(produceRows({ ...options, ...change })).rejects.toThrow(message);
  await expect(produceRows({ ...options, ...change })).rejects.toMatchObject({ code: "file-exists" });
  expect(await readFile(file, "utf8")).toBe(whole);
});

test("a file of which nothing says what it was made of is refused", async () => {
  const { file, options } = await squares();
  await writeFile(file, "mine\n");
  await expect(produceRows(options)).rejects.toMatchObject({ code: "file-exists" });
  expect(await readFile(file, "utf8")).toBe("mine\n");
});

test.each(["{", "null", "[]", "7"])("where that is damaged, the file is refused too: %s", async (damaged) => {
  const { file, options } = await squares();
  await produceRows(options);
  await writeFile(`${file}.meta.json`, damaged);
  await expect(produceRows(options)).rejects.toMatchObject({
    code: "file-exists",
    message: expect.stringContaining("meta.json is damaged"),
  });
  expect(await readFile(file, "utf8")).toBe(whole);
});

test("where the rows are gone, they may be made otherwise", async () => {
  const { file, options } = await squares();
  await produceRows(options);
  await rm(file);
  await produceRows({ ...options, identity: { power: 3 } });
  expect(JSON.parse(await readFile(`${file}.meta.json`, "utf8")).identity).toEqual({ power: 3 });
});

test("an abort ends it between chunks, with the reason; the next start goes on", async () => {
  const { file, asked, options } = await squares();
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = ({ done }: { done: number }) => done === 3 && controller.abort(reason);
  await expect(produceRows({ ...options, signal: controller.signal, onProgress })).rejects.toBe(reason);
  expect(asked).toEqual([[0, 3]]);
  await produceRows(options);
  expect(asked[1]).toEqual([3, 3]);
  expect(await readFile(file, "utf8")).toBe(whole);
});

test("too few rows, or too many, are refused before they are written", async () => {
  const { file, options } = await squares();
  await expect(produceRows({ ...options, make: async () => [square(0)] })).rejects.toMatchObject({ code: "bad-answer" });
  expect(await readFile(file, "utf8")).toBe("");
});

test("a folder that is missing is made; one that can't be made is told by the file's name, and nothing is made", async () => {
  const folder = await temporaryFolder();
  const { file, asked, options } = await squares({ file: join(folder, "missing", "squares.jsonl") });
  await produceRows(options);
  expect((await readdir(join(folder, "missing"))).toSorted()).toEqual(["squares.jsonl", "squares.jsonl.meta.json"]);
  await expect(produceRows({ ...options, file: join(file, "below.jsonl") })).rejects.toMatchObject({
    code: "cannot-lock",
    message: expect.stringContaining("below.jsonl"),
  });
  expect(asked).toHaveLength(3);
});

test("while rows are made another maker is refused, and the file is as the first one makes it", async () => {
  const { file, options } = await squares();
  let [begin, goOn] = [() => {}, () => {}];
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const waiting = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const make = async (first: number, count: number) => {
    begin();
    await waiting;
    return options.make(first, count);
  };
  const first = produceRows({ ...options, make });
  await begun;
  await expect(produceRows(options)).rejects.toMatchObject({
    code: "locked",
    message: expect.stringContaining("squares.jsonl is in use by this process, since 20"),
  });
  goOn();
  await first;
  expect(await readFile(file, "utf8")).toBe(whole);
  expect((await produceRows(options)).kept).toBe(7);
});

test("a file counts as begun from its lock on, and not before", async () => {
  const { file, options } = await squares();
  expect(await holdsRows(file)).toBe(false);
  await writeFile(`${file}.lock`, "{}"); // what a process left that was killed before it wrote anything else
  expect(await holdsRows(file)).toBe(true);
  await rm(`${file}.lock`);
  await produceRows(options);
  await rm(file);
  expect(await holdsRows(file)).toBe(true); // by what says what it was made of
  await expect(holdsRows(join(file, "..", "x".repeat(300)))).rejects.toMatchObject({ code: "ENAMETOOLONG" });
});

test("whoever runs twice gets rows as they are in the file: without what JSON leaves out", async () => {
  const { options } = await squares();
  const make = async (first: number, count: number) => Array.from({ length: count }, (_, i) => ({ ...square(first + i), left: undefined }));
  const first = await produceRows({ ...options, make });
  const second = await produceRows({ ...options, make });
  expect(first.rows).toStrictEqual(second.rows);
});
