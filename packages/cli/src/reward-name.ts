import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { withoutSecrets } from "@cai/endpoint";
import { hashFile } from "@cai/whole-file";
import type { RewardFlags } from "./reward-flags.ts";

/**
 * What learner and workers know a reward by: a file or folder by the hash of what it holds, so that paths may differ; anything else by its name.
 * What is told of it (its label, say) counts too, but not how long it may take and by which key it is asked.
 */
export async function rewardName(source: string, flags: RewardFlags): Promise<string> {
  const { rewardTimeout: _, rewardRetries: __, rewardKey: ___, onRewardError: ____, ...told } = flags;
  return JSON.stringify([await contentOf(source), told]);
}

async function contentOf(source: string): Promise<string> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isFile()) return hashFile(source);
  if (!found?.isDirectory()) return withoutSecrets(source);
  const names = (await readdir(source)).toSorted();
  const hash = createHash("sha256");
  for (const name of names) {
    const path = join(source, name);
    if ((await stat(path)).isFile()) hash.update(`${name} ${await hashFile(path)}\n`);
  }
  return hash.digest("hex");
}
