import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sftOptions } from "@cai/sft";
import { afterAll, expect, test } from "vitest";
import { sftCommand } from "./commands/sft.ts";
import { resolveSftCommand } from "./sft-settings.ts";

const root = await mkdtemp(join(tmpdir(), "sft-settings-"));
afterAll(() => rm(root, { recursive: true }));
const paths = { policy: "p", data: "d", out: "o" };

async function configFile(config: unknown): Promise<string> {
  const file = join(root, "config.json");
  await writeFile(file, JSON.stringify(config));
  return file;
}

test("every option has a flag of its name", () => {
  const flags = new Set(sftCommand().options.map((option) => option.attributeName()));
  for (const name of Object.keys(sftOptions)) expect(flags).toContain(name);
});

test("flags win over the configuration file, and the file over the defaults", async () => {
  const config = await configFile({ ...paths, learningRate: 1e-3, packing: true, lora: 4, versions: { node: "20" } });
  expect(await resolveSftCommand({ config, out: "elsewhere", learningRate: 5e-4, completionOnlyLoss: false, json: true })).toMatchObject({
    policy: "p",
    data: "d",
    evalData: undefined,
    out: "elsewhere",
    lora: { rank: 4, alpha: 8, targets: "all-linear" },
    recompute: false,
    options: { learningRate: 5e-4, packing: true, completionOnlyLoss: false, batchSize: 8, evaluateEvery: 0 },
  });
});

test("held-out data are gone over every 10 steps unless told otherwise", async () => {
  expect((await resolveSftCommand({ ...paths, evalData: "e" })).options.evaluateEvery).toBe(10);
  expect((await resolveSftCommand({ ...paths, evalData: "e", evaluateEvery: 3 })).options.evaluateEvery).toBe(3);
});

test.each([
  [{ policy: "p" }, "cai sft needs --data, --out"],
  [{ ...paths, batchSize: 0 }, "--batch-size is 0; expected at least 1"],
  [{ ...paths, batchSize: 8, microbatchSize: 3 }, "not a multiple of --microbatch-size 3"],
  [{ ...paths, loraAlpha: 3 }, "give its rank too"],
])("%j is refused", async (flags, message) => {
  await expect(resolveSftCommand(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(message) });
});

test("a name of another command in the configuration file is refused", async () => {
  const config = await configFile({ ...paths, clipRange: 0.1 });
  await expect(resolveSftCommand({ config })).rejects.toThrow("cai sft --help");
});
