import { expect, test } from "vitest";
import { openTurns } from "./turns.ts";

const { signal } = new AbortController();

/** Work that goes on until it is told. */
function held() {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { done, end };
}

test("work goes on one at a time, in the order in which it came", async () => {
  const turns = openTurns(8);
  const order: string[] = [];
  const first = held();
  const work = [
    turns.take(async () => {
      await first.done;
      order.push("first");
    }, signal),
    turns.take(async () => void order.push("second"), signal),
  ];
  first.end();
  await Promise.all(work);
  expect(order).toEqual(["first", "second"]);
});

test("so many may wait beside the one that goes on, and there is room again once it has ended", async () => {
  const turns = openTurns(1);
  const [first, second] = [held(), held()];
  const work = [turns.take(() => first.done, signal), turns.take(() => second.done, signal)];
  expect(() => turns.refuseIfFull()).toThrow("1 requests wait for the policy already");
  first.end();
  await work[0];
  turns.refuseIfFull();
  second.end();
  await turns.done();
});

test("work that is aborted while it waits is never begun, and takes no room", async () => {
  const turns = openTurns(1);
  const first = held();
  const going = turns.take(() => first.done, signal);
  const controller = new AbortController();
  const waiting = turns.take(() => Promise.reject(new Error("begun")), controller.signal);
  controller.abort(new Error("left"));
  await expect(waiting).rejects.toThrow("left");
  turns.refuseIfFull();
  first.end();
  await going;
});
