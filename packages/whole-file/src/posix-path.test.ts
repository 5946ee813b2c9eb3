import { posix } from "node:path";
import { expect, test } from "vitest";
import * as ours from "./posix-path.ts";

const paths = [
  "/",
  "a",
  "a/",
  "/a",
  "/a/b",
  "a/b/../c",
  "/a/./b//c",
  "../a",
  "/../a",
  "a/../..",
  ".",
  "/runs/first/checkpoints/step-000010",
];

test("paths are taken apart and put together as Node does it", () => {
  for (const path of paths) {
    expect([path, ours.dirname(path), ours.basename(path)]).toEqual([path, posix.dirname(path), posix.basename(path)]);
    expect([path, ours.resolve("/", path)]).toEqual([path, posix.resolve("/", path)]);
    for (const other of paths) {
      expect([path, other, ours.join(path, other)]).toEqual([path, other, posix.join(path, other).replace(/(?<=.)\/$/, "")]);
      const [from, to] = [posix.resolve("/", path), posix.resolve("/", other)];
      expect([from, to, ours.relative(from, to)]).toEqual([from, to, posix.relative(from, to)]);
    }
  }
});
