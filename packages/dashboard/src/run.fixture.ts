import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { metricsLine } from "./metrics-line.fixture.ts";

/** What a test file makes; it goes with it. */
const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A new folder. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dashboard-"));
  made.push(folder);
  return folder;
}

/** A folder of runs: for each name so many steps, two samples of the last, and one of a held-out prompt before the first. */
export async function runsFolder(
  runs: Readonly<Record<string, number>>,
  config: object = { algorithm: "ppo", steps: 1000 },
): Promise<string> {
  const folder = await newFolder();
  for (const [name, steps] of Object.entries(runs)) {
    const run = join(folder, name);
    await mkdir(run, { recursive: true });
    await writeFile(join(run, "config.json"), JSON.stringify(config));
    await writeFile(join(run, "metrics.jsonl"), Array.from({ length: steps }, (_, i) => metricsLine(i + 1)).join(""));
    const samples = [
      { step: steps, prompt: "Once", response: ` upon a time in ${name}`, score: 1.5 },
      { step: steps, prompt: "<b>It was</b>", response: "\n a dark <script>night</script>", score: -0.5 },
    ];
    const heldOut = { step: 0, prompt: "They", response: " left", score: 2, parts: { warm: 1.5, short: 0.5 } };
    await writeFile(join(run, "evaluation-samples.jsonl"), `${JSON.stringify(heldOut)}\n`);
    await writeFile(join(run, "samples.jsonl"), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""));
  }
  return folder;
}
