import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder, by its real path, which goes with the test that asks for it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "cai-test-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
