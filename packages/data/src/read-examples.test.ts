import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readExamples } from "./read-examples.ts";

const root = await mkdtemp(join(tmpdir(), "examples-"));
afterAll(() => rm(root, { recursive: true }));

async function read(name: string, ...lines: unknown[]) {
  const file = join(root, name);
  await writeFile(file, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  return (await readExamples(file)).rows.map(({ row, where }) => ({ row, line: Number(where.slice(file.length + 1)) }));
}

const user = { role: "user", content: "hi" };
const assistant = { role: "assistant", content: "yo" };

test("a row has TRL's forms, text or conversations; others of its columns are left out", async () => {
  const rows = [
    { prompt: "a", completion: "b", id: 3 },
    "",
    { prompt: [user], completion: [assistant] },
    { messages: [user, assistant] },
    { text: "c" },
  ];
  expect(await read("rows.jsonl", ...rows)).toEqual([
    { row: { prompt: "a", completion: "b" }, line: 1 },
    { row: { prompt: [user], completion: [assistant] }, line: 3 },
    { row: { messages: [user, assistant] }, line: 4 },
    { row: { text: "c" }, line: 5 },
  ]);
});

test("conversations bring tools, documents and variables for the template", async () => {
  const tools = [{ name: "f" }];
  const rows = [
    { messages: [user, assistant], tools: JSON.stringify(tools), chat_template_kwargs: { enable_thinking: false } },
    { prompt: [user], completion: [assistant], tools, documents: null },
  ];
  expect((await read("tools.jsonl", ...rows)).map(({ row }) => row)).toEqual([
    { messages: [user, assistant], tools, chatTemplateKwargs: { enable_thinking: false } },
    { prompt: [user], completion: [assistant], tools },
  ]);
});

test("of several forms in a row the first counts: a prompt with its completion, messages, text", async () => {
  const rows = [
    { text: "c", prompt: "a", completion: "b" },
    { text: "c", messages: [user] },
    { text: "c", prompt: "a" },
  ];
  expect((await read("both.jsonl", ...rows)).map(({ row }) => Object.keys(row))).toEqual([
    ["prompt", "completion"],
    ["messages"],
    ["text"],
  ]);
});

test("plain text is an example a line", async () => {
  expect(await read("texts.txt", "Once upon", "", " a time")).toEqual([
    { row: { text: "Once upon" }, line: 1 },
    { row: { text: " a time" }, line: 3 },
  ]);
});

test.each([
  [{ prompt: "a" }, /rows\.jsonl:2 has no example: expected \{"prompt": …, "completion": …\}, \{"messages": …\} or \{"text": …\}/],
  [{ prompt: "a", completion: 3 }, /rows\.jsonl:2 holds a number as "completion": expected text/],
  [{ prompt: [user], completion: "b" }, /rows\.jsonl:2 holds a conversation and a text/],
  [{ prompt: [user], completion: [{ role: "assistant" }] }, /rows\.jsonl:2 holds a "completion" that is no conversation/],
  [{ messages: "hi" }, /rows\.jsonl:2 holds a "messages" that is no conversation/],
  [{ messages: [] }, /rows\.jsonl:2 holds an empty conversation in "messages"/],
  [{ messages: [user], tools: 3 }, /rows\.jsonl:2 holds a number as "tools"/],
  [{ text: 3 }, /rows\.jsonl:2 holds a number as "text": expected text/],
  ["{", /rows\.jsonl:2 is not JSON/],
])("%j is refused by its file and line", async (row, message) => {
  await expect(read("rows.jsonl", { text: "fine" }, row)).rejects.toMatchObject({
    code: "bad-row",
    message: expect.stringMatching(message),
  });
});
