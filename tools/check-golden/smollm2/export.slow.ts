import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import { openGguf } from "@cai/gguf";
import { exportGguf, loadPolicy } from "@cai/policy";
import { expect, onTestFinished, test } from "vitest";
import { getSmollm2 } from "../../get-smollm2.mjs";

test("a real model that is exported again has the file's own weights, tokens and settings", { timeout: 600_000 }, async () => {
  await prepareBackend();
  const folder = await mkdtemp(join(tmpdir(), "gguf-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const original = await openGguf(await getSmollm2());
  const policy = await loadPolicy(original.path);
  await exportGguf({ policy, path: join(folder, "again.gguf"), dtype: "F32" });
  policy.dispose();
  const again = await openGguf(join(folder, "again.gguf"));

  expect([...again.tensors.keys()].sort()).toEqual([...original.tensors.keys()].sort());
  for (const [name, { shape }] of original.tensors) {
    expect(again.tensors.get(name)!.shape, name).toEqual(shape);
    const [wanted, exported] = [await original.readFloat32(name), await again.readFloat32(name)];
    expect(Buffer.from(exported.buffer).equals(Buffer.from(wanted.buffer)), name).toBe(true);
  }
  const settings = [...original.metadata.keys()].filter((key) => !key.startsWith("general.") && !key.endsWith("unknown_token_id"));
  for (const key of settings) expect(again.metadata.get(key), key).toEqual(original.metadata.get(key));
  await original.close();
  await again.close();
});
