import { expect, test } from "vitest";
import { openDrawQueue } from "./draw-queue.js";

test("as many drawings a frame as its time allows, in their order, each once", () => {
  let time = 0;
  const frames: (() => void)[] = [];
  const drawn: string[] = [];
  const queue = openDrawQueue({ frame: (draw) => frames.push(draw), now: () => time });
  const drawing = (name: string) => () => {
    drawn.push(name);
    time += 5;
  };
  const [a, b, c, d] = ["a", "b", "c", "d"].map(drawing);
  for (const draw of [a, b, a, c, d]) queue.add(draw!);
  queue.remove(d!);
  expect(frames).toHaveLength(1);
  frames.shift()!();
  expect(drawn).toEqual(["a", "b"]);
  frames.shift()!();
  expect(drawn).toEqual(["a", "b", "c"]);
  expect(frames).toEqual([]);
});
