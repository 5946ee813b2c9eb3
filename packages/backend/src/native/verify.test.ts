import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { verifyPackage } from "./verify.mjs";

/** A package in place of tfjs-node whose matrix product sums to `sum`. */
async function makePackage(sum: number, first = "") {
  const folder = await temporaryFolder();
  const backend = `{ binding: { TF_Version: "2.20.0" }, isUsingGpuDevice: false }`;
  const source = `${first}\nmodule.exports = { ones() {}, matMul() {}, sum: () => ({ dataSync: () => [${sum}] }), backend: () => (${backend}) };`;
  await writeFile(join(folder, "index.js"), source);
  return folder;
}

test("a package that computes tells its version and device", async () => {
  expect(await verifyPackage(await makePackage(512, "console.log('chatter')"))).toEqual({ version: "2.20.0", gpu: false });
});

test("the removed functions of node:util are there when it is loaded", async () => {
  const check = "if (!require('util').isNullOrUndefined(null) || !require('util').isArray([])) throw new Error('missing');";
  expect((await verifyPackage(await makePackage(512, check))).version).toBe("2.20.0");
});

test("one that does not load, or computes wrongly, is refused with the line that tells why", async () => {
  const missing = await makePackage(512, "throw new Error('libtensorflow_cc.so.2: cannot open shared object file');");
  await expect(verifyPackage(missing)).rejects.toThrow(/does not load: Error: libtensorflow_cc.so.2: cannot open shared object file$/);
  await expect(verifyPackage(await makePackage(511))).rejects.toThrow(/gave 511 instead of 512/);
});
