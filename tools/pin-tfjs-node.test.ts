import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pinnedPackages } from "./pin-tfjs-node.mjs";

const readJson = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"));

test("what tfjs-node requires is taken at its place in the tree, and TensorFlow.js is left out", () => {
  const integrity = "sha512-x";
  const packages = {
    "node_modules/@tensorflow/tfjs-node": {
      version: "4.0.0",
      integrity,
      dependencies: { "@tensorflow/tfjs": "4.0.0", tar: "^6.0.0", ms: "*" },
    },
    "node_modules/@tensorflow/tfjs": { version: "4.0.0", integrity, dependencies: { chalk: "*" } },
    "node_modules/tar": { version: "6.0.0", integrity, dev: true, dependencies: { minipass: "^3.0.0" } },
    "node_modules/tar/node_modules/minipass": { version: "3.0.0", integrity },
    "node_modules/minipass": { version: "5.0.0", integrity },
    "node_modules/ms": { version: "2.0.0", integrity },
    "node_modules/chalk": { version: "4.0.0", integrity },
  };
  expect(pinnedPackages(packages)).toEqual({
    own: { version: "4.0.0", integrity, dependencies: packages["node_modules/@tensorflow/tfjs-node"].dependencies },
    others: {
      "node_modules/ms": { version: "2.0.0", integrity },
      "node_modules/tar": { version: "6.0.0", integrity, dependencies: { minipass: "^3.0.0" } },
      "node_modules/tar/node_modules/minipass": { version: "3.0.0", integrity },
    },
  });
  const unhashed = { ...packages, "node_modules/ms": { version: "2.0.0" } };
  expect(() => pinnedPackages(unhashed)).toThrow("has no hash");
});

test("what cai backend install pins is what is locked and tested here", () => {
  const { own, others } = pinnedPackages(readJson("package-lock.json").packages);
  const pinned = readJson("packages/backend/src/native/tfjs-node-packages.json");
  expect(pinned.others).toEqual(others);
  expect(pinned.own["@tensorflow/tfjs-node"]).toEqual(own);
  expect(pinned.own["@tensorflow/tfjs-node-gpu"]).toEqual({ ...own, integrity: expect.stringMatching(/^sha512-/) });
});
