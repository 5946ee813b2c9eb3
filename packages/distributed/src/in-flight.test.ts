import { expect, test } from "vitest";
import { InFlight } from "./in-flight.ts";

const mebi = 2 ** 20;

test("small works are under way together, and one that has no room waits for those before it", async () => {
  const order: string[] = [];
  const inFlight = new InFlight();
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
  };
  await inFlight.start(10 * mebi, work("a"));
  await inFlight.start(10 * mebi, work("b"));
  await inFlight.start(20 * mebi, work("c"));
  await inFlight.end();
  expect(order).toEqual(["a begins", "b begins", "a ends", "b ends", "c begins", "c ends"]);
});

test("of the smallest ones 64 are under way together", async () => {
  const inFlight = new InFlight();
  let [underWay, most] = [0, 0];
  for (let work = 0; work < 150; work++)
    await inFlight.start(1, async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    });
  await inFlight.end();
  expect([underWay, most]).toEqual([0, 64]);
});

test("a work that is larger than all room goes alone", async () => {
  const inFlight = new InFlight();
  let isDone = false;
  await inFlight.start(100 * mebi, async () => {
    isDone = true;
  });
  await inFlight.end();
  expect(isDone).toBe(true);
});

test("the first failure is thrown, when nothing is under way any more", async () => {
  const inFlight = new InFlight();
  let isDone = false;
  await inFlight.start(1, async () => {
    throw new Error("lost");
  });
  await inFlight.start(1, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    isDone = true;
  });
  await expect(inFlight.end()).rejects.toThrow("lost");
  expect(isDone).toBe(true);
  await inFlight.end(); // it is told once
});
