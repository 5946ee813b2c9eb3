import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PythonFloat } from "@cai/contracts";
import { afterAll, expect, test } from "vitest";
import { readPrompts } from "./read-prompts.ts";
import type { Conversation } from "./row-form.ts";

const root = await mkdtemp(join(tmpdir(), "prompts-"));
afterAll(() => rm(root, { recursive: true }));

async function read(name: string, content: string | Uint8Array) {
  const file = join(root, name);
  await writeFile(file, content);
  return (await readPrompts(file)).rows.map(({ row: { prompt }, where }) => ({ prompt, line: Number(where.slice(file.length + 1)) }));
}

test("plain text is a prompt a line; blank lines are passed over and spaces kept", async () => {
  const text = "\uFEFFOnce upon\r\n\n  a midnight \n";
  expect(await read("prompts.txt", text)).toEqual([
    { prompt: "Once upon", line: 1 },
    { prompt: "  a midnight ", line: 3 },
  ]);
});

test("JSONL holds text under TRL's names", async () => {
  const lines = ['{"prompt": "a"}', '{"query": "b"}', "", '{"text": "c"}', '{"prompt": "d", "chosen": "e", "rejected": "f"}'];
  const expected = ["a", "b", "c", "d"].map((prompt, i) => ({ prompt, line: [1, 2, 4, 5][i] }));
  expect(await read("prompts.jsonl", lines.join("\n"))).toEqual(expected);
});

test("JSONL holds conversations; of messages the assistant's last turn is left out", async () => {
  const user = { role: "user", content: "hello" };
  const lines = [{ prompt: [user] }, { messages: [user, { role: "assistant", content: "hi" }] }];
  const read2 = await read("chat.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
  expect(read2.map(({ prompt }) => prompt)).toEqual([{ messages: [user] }, { messages: [user] }]);
});

test("messages reach the template as they stand, with the row's tools, documents and variables", async () => {
  const call = { role: "assistant", content: null, tool_calls: [{ function: { name: "f", arguments: { deep: [true, null] } } }] };
  const parts = { role: "user", name: "Ann", content: [{ type: "text", text: "hi" }, { type: "image" }] };
  const tools = [{ type: "function", function: { name: "f" } }];
  const columns = { documents: [{ title: "t" }], chat_template_kwargs: { enable_thinking: false } };
  const rows = [
    { prompt: [parts, call], tools, ...columns },
    { prompt: [parts], tools: JSON.stringify(tools), documents: null, chat_template_kwargs: null },
  ];
  const prompts = await read("columns.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
  expect(prompts.map(({ prompt }) => prompt)).toEqual([
    { messages: [parts, call], tools, documents: columns.documents, chatTemplateKwargs: columns.chat_template_kwargs },
    { messages: [parts], tools },
  ]);
});

test("numbers and the order of keys stay as Python reads them", async () => {
  const row =
    '{"prompt": [{"role": "user", "content": "a"}], "tools": [{"a": 1.0, "b": 1e2, "c": 12345678901234567890, "d": 0.5, "e": {"2": -0, "1": 0}}]}';
  const [read2] = await read("numbers.jsonl", row);
  const tool = {
    a: new PythonFloat(1),
    b: new PythonFloat(100),
    c: 12345678901234567890n,
    d: 0.5,
    e: new Map([
      ["2", 0],
      ["1", 0],
    ]),
  };
  expect((read2!.prompt as Conversation).tools).toEqual([tool]);
});

test("columns whose names look like numbers are in nobody's way", async () => {
  const [read2] = await read("numbered.jsonl", '{"0": 1, "prompt": [{"role": "user", "content": "a"}]}');
  expect(read2!.prompt).toEqual({ messages: [{ role: "user", content: "a" }] });
});

test("a file of another name is JSONL where its first line begins with a brace", async () => {
  expect(await read("prompts", '{"prompt": "a"}')).toEqual([{ prompt: "a", line: 1 }]);
  expect(await read("prompts.txt", '{"prompt": "a"}')).toEqual([{ prompt: '{"prompt": "a"}', line: 1 }]);
});

test("with columns, what else a row holds stands beside its prompt", async () => {
  const file = join(root, "tasks.jsonl");
  const chat = [{ role: "user", content: "2 + 2?" }];
  const rows = [{ prompt: "2 + 2 =", answer: "4", level: 1 }, { prompt: chat, documents: [], text: "of a book" }, { text: "plain" }];
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  const columnsOf = async (columns: boolean) => (await readPrompts(file, { columns })).rows.map(({ row }) => row.columns);
  expect(await columnsOf(true)).toEqual([{ answer: "4", level: 1 }, { text: "of a book" }, undefined]);
  expect(await columnsOf(false)).toEqual([undefined, undefined, undefined]);
});

test("what can't be read is refused with file and line", async () => {
  const refused: [string, string | Uint8Array, RegExp][] = [
    ["broken.jsonl", '{"prompt": "a"}\n{"prompt": ', /broken\.jsonl:2 is not JSON/],
    ["number.jsonl", "3", /number\.jsonl:1 holds a number: expected an object/],
    ["list.json", '["a", "b"]', /list\.json:1 holds an array: expected an object on each line/],
    ["other.jsonl", '{"story": "a"}', /other\.jsonl:1 has no prompt: expected \{"prompt": …\}/],
    ["null.jsonl", '{"prompt": null}', /null\.jsonl:1 holds null as "prompt": expected text/],
    ["empty.jsonl", '{"prompt": "a"}\n\n{"prompt": ""}', /empty\.jsonl:3 holds an empty "prompt"/],
    ["turns.jsonl", '{"prompt": [{"role": "user"}]}', /turns\.jsonl:1 holds a "prompt" that is no conversation/],
    ["silent.jsonl", '{"prompt": [{"role": "user", "content": 3}]}', /silent\.jsonl:1 holds a "prompt" that is no conversation/],
    ["tools.jsonl", '{"prompt": [{"role": "user", "content": "a"}], "tools": {"name": "f"}}', /tools\.jsonl:1 holds an object as "tools"/],
    ["words.jsonl", '{"prompt": [{"role": "user", "content": "a"}], "tools": "f"}', /words\.jsonl:1 holds a string as "tools"/],
    [
      "kwargs.jsonl",
      '{"prompt": [{"role": "user", "content": "a"}], "chat_template_kwargs": []}',
      /holds an array as "chat_template_kwargs"/,
    ],
    ["beside.jsonl", '{"prompt": "a", "tools": [{"name": "f"}]}', /beside\.jsonl:1 holds "tools", which only a conversation has/],
    ["none.jsonl", '{"prompt": []}', /none\.jsonl:1 holds an empty conversation/],
    ["blank.txt", " \n\n", /blank\.txt is empty/],
    ["latin1.txt", Uint8Array.of(0x63, 0x0a, 0x63, 0xe9), /latin1\.txt:2 is not UTF-8 text: save it as UTF-8/],
    ["utf16.txt", Buffer.from("\uFEFFab", "utf16le"), /utf16\.txt:1 is not UTF-8 text but UTF-16/],
    ["bare16.jsonl", Buffer.from('{"prompt": "a"}', "utf16le"), /bare16\.jsonl:1 is not UTF-8 text but UTF-16/],
  ];
  for (const [name, content, message] of refused) {
    await expect(read(name, content)).rejects.toMatchObject({ message: expect.stringMatching(message) });
  }
  await expect(readPrompts(join(root, "nowhere.txt"))).rejects.toMatchObject({
    code: "cannot-read",
    message: expect.stringContaining("does not exist: give a file of lines, or - for standard input"),
  });
  await expect(readPrompts(root)).rejects.toMatchObject({ code: "cannot-read", message: expect.stringContaining("is a folder") });
});
