import { appendFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTail } from "./read-tail.ts";
import { newFolder } from "./run.fixture.ts";

const newFile = async (): Promise<string> => join(await newFolder(), "metrics.jsonl");

test("each call brings the lines that came since the one before; a line that is being written comes when it is whole", async () => {
  const path = await newFile();
  expect(await readTail(path, "")).toEqual({ text: "", next: "", isNew: false, more: false });
  await writeFile(path, '{"step":1}\n{"ste');
  const first = await readTail(path, "");
  expect(first).toMatchObject({ text: '{"step":1}\n', isNew: true });
  expect(await readTail(path, first.next)).toMatchObject({ text: "", isNew: false, next: first.next });
  await appendFile(path, 'p":2}\n');
  expect(await readTail(path, first.next)).toMatchObject({ text: '{"step":2}\n', isNew: false, more: false });
});

test("a file that was written anew, as when a resumed run cuts its last lines, begins again", async () => {
  const path = await newFile();
  await writeFile(path, "1\n2\n3\n");
  const { next } = await readTail(path, "");
  await writeFile(`${path}.tmp`, "1\n2\n3\n4\n");
  await rename(`${path}.tmp`, path);
  expect(await readTail(path, next)).toMatchObject({ text: "1\n2\n3\n4\n", isNew: true });
  const again = await readTail(path, next);
  await writeFile(path, "1\n"); // shorter, in place
  expect(await readTail(path, again.next)).toMatchObject({ text: "1\n", isNew: true });
});

test("a long file comes in parts, cut between lines", async () => {
  const path = await newFile();
  const lines = Array.from({ length: 90_000 }, (_, i) => `${i} ${"é".repeat(30)}\n`).join("");
  await writeFile(path, lines);
  let [text, from, parts] = ["", "", 0];
  for (let more = true; more; parts++) {
    const tail = await readTail(path, from);
    expect(tail.text.endsWith("\n")).toBe(true);
    text += tail.text;
    ({ next: from, more } = tail);
  }
  expect(parts).toBe(2);
  expect(text === lines).toBe(true);
});

test("a place that means nothing is the beginning; a link leads nowhere", async () => {
  const path = await newFile();
  await writeFile(path, "1\n");
  for (const from of ["x", "1:2:3", "0:NaN", ":", "-1:-1"]) expect(await readTail(path, from)).toMatchObject({ text: "1\n", isNew: true });
  await symlink(path, `${path}-link`);
  expect((await readTail(`${path}-link`, "")).text).toBe("");
});
