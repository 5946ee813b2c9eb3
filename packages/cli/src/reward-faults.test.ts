import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";

let root: string;
const silent = createServer(() => {});
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cai-faults-"));
  await writeFile(
    join(root, "rows.jsonl"),
    ["one", "bad", "three"].map((response) => JSON.stringify({ prompt: "p", response })).join("\n"),
  );
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
});
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await rm(root, { recursive: true });
});

const score = (reward: string, ...more: string[]) =>
  runCommand("score", "--reward", reward, "--input", join(root, "rows.jsonl"), "--json", ...more);

async function moduleOf(name: string, body: string): Promise<string> {
  await writeFile(join(root, name), `export default ({ responses }) => { ${body} };`);
  return join(root, name);
}
const lengths = "return responses.map((text) => text === 'bad' ? NaN : text.length);";

test("an endpoint that never answers is given up after the time of the command line", async () => {
  const { port } = silent.address() as { port: number };
  await expect(score(`http://127.0.0.1:${port}/score`, "--reward-timeout", "0.1", "--reward-retries", "1")).rejects.toMatchObject({
    code: "endpoint-failed",
    message: expect.stringContaining("gave no scores in 2 attempts; the last: no answer within 100 ms"),
  });
});

test("a module that loops for ever is given up, and named with the flag that would allow more", async () => {
  const path = await moduleOf("loops.mjs", "for (;;);");
  await expect(score(path, "--reward-timeout", "0.3", "--on-reward-error", "stop")).rejects.toMatchObject({
    code: "timed-out",
    message: expect.stringContaining(
      `reward module ${path} takes more than 0.3 seconds for a batch: mend it, or allow more (timeoutMs, --reward-timeout)`,
    ),
  });
});

test("a response without a score stops the command, or is passed over where that is asked for", async () => {
  const path = await moduleOf("lengths.mjs", lengths);
  await expect(score(path, "--on-reward-error", "stop")).rejects.toMatchObject({ code: "bad-scores" });
  const { stdout, stderr } = await score(path, "--on-reward-error", "skip");
  const scores = stdout.trimEnd().split("\n");
  expect(scores.map((line) => JSON.parse(line).score)).toEqual([3, 4, 5]);
  expect(stderr).toMatch(
    /^reward: 1 of 3 responses have no score, and get the others' mean: reward model .*lengths\.mjs: the score of response 1/,
  );
});
