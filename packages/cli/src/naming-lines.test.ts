import { RolloutError } from "@cai/rollouts";
import { expect, test } from "vitest";
import { namingLines } from "./naming-lines.ts";

const [first, second] = [{ text: "a" }, { text: "a" }];
const rows = [
  { row: first, where: "data.jsonl:1" },
  { row: second, where: "data.jsonl:3" },
];
const refuse = (row: unknown) => async () => {
  const cause = new RolloutError("invalid-completions", "it is too long");
  throw new RolloutError("invalid-completions", "row 2 of 2: it is too long", { cause, row });
};

test("a row that is refused is named by its file and line, also where another one is alike", async () => {
  await expect(namingLines(rows, refuse(second))).rejects.toMatchObject({ code: "usage", message: "data.jsonl:3: it is too long" });
});

test("what is about no row, or none of these, stays as it is; so does what is done", async () => {
  await expect(namingLines(rows, refuse(undefined))).rejects.toThrow("row 2 of 2: it is too long");
  await expect(namingLines(rows, refuse({ text: "a" }))).rejects.toThrow("row 2 of 2: it is too long");
  expect(await namingLines(rows, async () => 5)).toBe(5);
});
