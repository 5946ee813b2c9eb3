import { expect, test } from "vitest";
import { Clock } from "./clock.ts";

test("acts come at their moments, and those of one moment in the order in which they were planned", () => {
  const clock = new Clock();
  const acts: [string, number][] = [];
  const tell = (name: string) => () => acts.push([name, clock.now]);
  clock.after(2, tell("late"));
  clock.after(1, () => {
    tell("first")();
    clock.after(0, tell("third"));
    clock.after(1, tell("after late"));
  });
  clock.after(1, tell("second"));
  clock.run();
  expect(acts).toEqual([
    ["first", 1],
    ["second", 1],
    ["third", 1],
    ["late", 2],
    ["after late", 2],
  ]);
});
