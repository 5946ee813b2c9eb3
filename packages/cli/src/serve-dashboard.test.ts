import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, start } from "./start-cli.fixture.ts";

test("cai dashboard says where the page is, serves it, and a signal ends it with 0", async () => {
  await mkdir(join(root, "runs/first"), { recursive: true });
  await writeFile(join(root, "runs/first/metrics.jsonl"), '{"step":1,"loss":2}\n');
  const run = start("dashboard", "runs", "--port", "0", "--json");
  const line = await new Promise<string>((resolve) => run.child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())));
  const { url } = JSON.parse(line);
  const { runs } = (await (await fetch(`${url}/api/runs`)).json()) as { runs: object[] };
  expect(runs).toMatchObject([{ name: "first", step: 1, loss: 2, state: "stopped" }]);
  run.child.kill("SIGINT");
  expect(await run.exit).toBe(0);
});
