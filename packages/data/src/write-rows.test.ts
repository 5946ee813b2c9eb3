import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PythonFloat } from "@cai/contracts";
import { temporaryFolder } from "@cai/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dictOf } from "./parse-python-json.ts";
import { completionForm } from "./read-completions.ts";
import { exampleForm } from "./read-examples.ts";
import { pairForm } from "./read-pairs.ts";
import { promptForm } from "./read-prompts.ts";
import { readRows } from "./read-rows.ts";
import type { RowForm } from "./row-form.ts";
import { type WritableRow, writeRows } from "./write-rows.ts";

const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").slice(0, -1);

test("columns stand in one order, whatever order a row has; others stand behind them by their names", async () => {
  const file = join(await temporaryFolder(), "rows.jsonl");
  await writeRows(file, [
    { zeal: 1, rejected: "c", chosen: "b", prompt: "a", probability: 0.7, age: undefined, art: null },
    { chatTemplateKwargs: { b: 1, a: 2 }, tools: [], messages: [{ content: "hi", role: "user" }] },
    { prompt: { messages: [{ role: "user", content: "hi" }], documents: [{ title: "t" }] } },
  ]);
  expect(await linesOf(file)).toEqual([
    '{"prompt":"a","chosen":"b","rejected":"c","probability":0.7,"art":null,"zeal":1}',
    '{"messages":[{"content":"hi","role":"user"}],"tools":[],"chat_template_kwargs":{"b":1,"a":2}}',
    '{"prompt":[{"role":"user","content":"hi"}],"documents":[{"title":"t"}]}',
  ]);
});

test("what was written is told, and rows are asked for one by one", async () => {
  const file = join(await temporaryFolder(), "rows.jsonl");
  async function* rows() {
    for (let row = 0; row < 3; row++) yield { text: `${row}` };
  }
  expect(await writeRows(file, rows())).toMatchObject({
    rows: 3,
    byteLength: 3 * '{"text":"0"}\n'.length,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each([
  [{ text: "a", score: Number.NaN }, "row 2: NaN can't be written as JSON"],
  [{ text: "a", when: new Date(0) }, "row 2: an instance of Date can't be written as JSON"],
  [{ text: "a", score: () => 1 }, "row 2: a function can't be written as JSON"],
])("%o is refused by its number, and nothing is written", async (row, message) => {
  const folder = await temporaryFolder();
  await expect(writeRows(join(folder, "rows.jsonl"), [{ text: "fine" }, row])).rejects.toMatchObject({
    code: "bad-row",
    message: expect.stringContaining(message),
  });
  expect(await readdir(folder)).toEqual([]);
});

test("a folder that is not there is told", async () => {
  await expect(writeRows("/no/such/folder/rows.jsonl", [])).rejects.toMatchObject({ code: "cannot-write" });
});

/** What reading can make of JSON for a template: ints of any size, floats that are whole, objects whose keys have an order. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Number.isInteger(x) ? new PythonFloat(x) : x)),
    fc.bigInt().map((int) => (BigInt.asIntN(53, int) === int ? Number(int) : int)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .dictionary(fc.oneof(fc.string(), fc.nat({ max: 20 }).map(String)), tie("value"), { maxKeys: 3 })
      .map((object) => dictOf(Object.entries(object))),
  ),
})).value;

const text = fc.string({ unit: "binary" });
const messages = fc.array(
  fc.record({ role: fc.constantFrom("user", "assistant"), content: text, tool_calls: values }, { requiredKeys: ["role", "content"] }),
  { minLength: 1, maxLength: 3 },
);
const objects = fc.array(
  fc.dictionary(fc.string({ minLength: 1 }), values, { maxKeys: 3 }).map((entries) => dictOf(Object.entries(entries)) as object),
  { maxLength: 2 },
);
const template = fc.record(
  { tools: objects, documents: objects, chatTemplateKwargs: fc.record({ thinking: values }) },
  { requiredKeys: [] },
);
const label = fc.record(
  {
    margin: fc.oneof(fc.constant(-0), fc.double({ noNaN: true, noDefaultInfinity: true })),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: [] },
);
const withColumns = <Row extends object>(rows: fc.Arbitrary<Row>) =>
  fc.tuple(rows, template).map(([row, columns]) => ({ ...row, ...columns }));

const forms: readonly (readonly [string, RowForm<unknown>, fc.Arbitrary<WritableRow>])[] = [
  [
    "prompts",
    promptForm,
    fc.record({ prompt: fc.oneof(fc.string({ unit: "binary", minLength: 1 }), withColumns(fc.record({ messages }))) }),
  ],
  [
    "examples",
    exampleForm,
    fc.oneof(
      fc.record({ text }),
      fc.record({ prompt: text, completion: text }),
      withColumns(fc.record({ prompt: messages, completion: messages })),
      withColumns(fc.record({ messages })),
    ),
  ],
  [
    "pairs",
    pairForm,
    fc
      .tuple(
        fc.oneof(
          fc.record({ prompt: text, chosen: text, rejected: text }, { requiredKeys: ["chosen", "rejected"] }),
          withColumns(fc.record({ prompt: messages, chosen: messages, rejected: messages }, { requiredKeys: ["chosen", "rejected"] })),
        ),
        label,
      )
      .map(([pair, told]) => ({ ...pair, ...told })),
  ],
  [
    "labelled completions",
    completionForm,
    fc.oneof(
      fc.record({ prompt: text, completion: text, label: fc.boolean() }),
      withColumns(fc.record({ prompt: messages, completion: messages, label: fc.boolean() })),
    ),
  ],
];

test.each(forms)("%s are read as they were written", async (_, form, arbitrary) => {
  const file = join(await temporaryFolder(), "rows.jsonl");
  await fc.assert(
    fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 20 }), async (rows) => {
      await writeRows(file, rows);
      expect((await readRows(file, form)).rows.map(({ row }) => row)).toEqual(rows);
    }),
    { numRuns: 20 },
  );
});
