import { expect, test } from "vitest";
import { follow } from "./follow.js";

/** A server whose answers are given, and what it was asked. */
function server(answers: { text: string; next: string; isNew?: boolean; more?: boolean }[]) {
  const asked: string[] = [];
  const ask = async (url: unknown) => {
    asked.push(`${url}`);
    const { text, next, isNew = false, more = false } = answers.shift()!;
    return new Response(text, { headers: { "x-next": next, "x-new": `${isNew}`, "x-more": `${more}` } });
  };
  return { asked, ask: ask as typeof fetch };
}

test("takes all parts of what is there, then only what is new, and forgets what is no longer so", async () => {
  const { asked, ask } = server([
    { text: "1\n", next: "a", isNew: true, more: true },
    { text: "2\n", next: "b" },
    { text: "", next: "b" },
    { text: "1\n", next: "c", isNew: true },
  ]);
  let read = "";
  const reader = {
    restart() {
      read = "";
    },
    add(text: string) {
      read += text;
    },
  };
  const { catchUp } = follow("metrics", "a/b", reader, ask);
  expect([await catchUp(), read]).toEqual([true, "1\n2\n"]);
  expect([await catchUp(), read]).toEqual([false, "1\n2\n"]);
  expect([await catchUp(), read]).toEqual([true, "1\n"]);
  expect(asked).toEqual(["", "a", "b", "b"].map((from) => `/api/metrics?run=a%2Fb&from=${from}`));
});

test("what the server complains of is thrown, and the place is kept", async () => {
  let answer = new Response("there is no such run", { status: 404 });
  const { catchUp } = follow("metrics", "gone", { restart() {}, add() {} }, (async () => answer) as typeof fetch);
  await expect(catchUp()).rejects.toThrow("there is no such run");
  answer = new Response("", { headers: { "x-next": "", "x-new": "false", "x-more": "false" } });
  expect(await catchUp()).toBe(false);
});
