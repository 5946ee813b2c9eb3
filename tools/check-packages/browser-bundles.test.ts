import { findChromium } from "@cai/testing";
import { expect, test } from "vitest";
import { faultsInBrowser } from "./browser-bundles.ts";

const chromium = findChromium();

test.runIf(chromium)(
  "what prints in a page what it promises is well; what prints something else, throws or needs Node is told",
  async () => {
    const faults = await faultsInBrowser(
      [
        { name: "well", code: 'console.log(Float32Array.of(1, 2), "a", 3);', promised: ["Float32Array(2) [ 1, 2 ] a 3"] },
        { name: "other", code: "console.log(2);", promised: ["1"] },
        { name: "throws", code: 'throw new Error("no such thing");', promised: [] },
        { name: "node", code: 'import { join } from "node:path";\nconsole.log(join("a", "b"));', promised: ["a/b"] },
      ],
      chromium!,
    );
    expect(faults.get("well")).toBeUndefined();
    expect(faults.get("other")).toBe("bundled for browsers it printed 2, expected 1");
    expect(faults.get("throws")).toContain("no such thing");
    expect(faults.get("node")).toContain("node:path");
  },
);
