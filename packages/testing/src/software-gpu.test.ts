import { existsSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { offerSoftwareGpu } from "./software-gpu.ts";

test("a device that is named already stays, otherwise one that is offered is a file, and none has a reason", () => {
  const before = process.env.VK_ICD_FILENAMES;
  onTestFinished(() => {
    if (before === undefined) delete process.env.VK_ICD_FILENAMES;
    else process.env.VK_ICD_FILENAMES = before;
  });
  process.env.VK_ICD_FILENAMES = "/its/own.json";
  expect(offerSoftwareGpu()).toBeUndefined();
  expect(process.env.VK_ICD_FILENAMES).toBe("/its/own.json");
  delete process.env.VK_ICD_FILENAMES;
  const why = offerSoftwareGpu();
  if (why === undefined) expect(existsSync(process.env.VK_ICD_FILENAMES!)).toBe(true);
  else expect(why).toMatch(/SwiftShader/);
});
