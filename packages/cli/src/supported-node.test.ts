import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isSupportedNode, supportedNode } from "./supported-node.ts";

test("versions from 20.19 and from 22.12 on are supported, no odd or older ones between or before", () => {
  expect(["20.19.0", "20.20.2", "22.12.0", "23.0.0", "24.1.0"].map(isSupportedNode)).toEqual([true, true, true, true, true]);
  expect(["18.20.0", "20.18.3", "21.7.0", "22.11.0"].map(isSupportedNode)).toEqual([false, false, false, false]);
});

test("the words are those of package.json", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(engines.node.match(/\d+\.\d+(?=\.)/g)).toEqual(supportedNode.match(/\d+\.\d+/g));
});
