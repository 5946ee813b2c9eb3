import { expect, test } from "vitest";
import { eventStream } from "./event-stream.ts";

const options = { describe: (error: Error) => ({ error: error.message }), gone: () => {} };

test("events come as data, and [DONE] behind the last", async () => {
  const response = eventStream(async (send) => {
    send({ text: "a\nb" });
    send({ text: "c" });
  }, options);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(await response.text()).toBe('data: {"text":"a\\nb"}\n\ndata: {"text":"c"}\n\ndata: [DONE]\n\n');
});

test("what is thrown is the last event", async () => {
  const response = eventStream(async (send) => {
    send({ text: "a" });
    throw new Error("out of memory");
  }, options);
  expect(await response.text()).toBe('data: {"text":"a"}\n\ndata: {"error":"out of memory"}\n\n');
});

test("who leaves is told of, and nothing is sent any more", async () => {
  let left = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  let written = false;
  const response = eventStream(
    async (send) => {
      await gone;
      send({ text: "late" });
      written = true;
    },
    { ...options, gone: left },
  );
  await response.body!.cancel();
  await gone;
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBe(true);
});
