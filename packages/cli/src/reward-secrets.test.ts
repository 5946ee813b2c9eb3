import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyGpt2 } from "@cai/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "./run-command.fixture.ts";

const secrets = ["ann-the-user", "correct-horse", "query-token-1", "key-of-the-environment"];
const [user, password, token, key] = secrets as [string, string, string, string];
const basic = Buffer.from(`${user}:${password}`).toString("base64");

let root: string;
let asked: Pick<IncomingMessage, "headers" | "url">[] = [];
/** Says back what it was sent, in an error of this status. */
let failing: number | undefined;

const server = createServer(async (request, response) => {
  asked.push({ headers: request.headers, url: request.url ?? "" });
  const { responses } = JSON.parse((await request.toArray()).join(""));
  if (failing !== undefined)
    response.writeHead(failing).end(`\u001b]0;owned\u0007 ${request.headers.authorization} ${user} ${password} ${request.url}`);
  else response.end(JSON.stringify({ scores: responses.map((text: string) => text.length) }));
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cai-secrets-"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await writeFile(join(root, "prompts.txt"), "the old house\na letter\n");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

const host = () => `127.0.0.1:${(server.address() as { port: number }).port}`;
const out = () => join(root, "run");

function train(reward: string, ...more: string[]): ReturnType<typeof runCommand> {
  const named = {
    "--policy": tinyGpt2,
    "--prompts": join(root, "prompts.txt"),
    "--out": out(),
    "--batch-size": "2",
    "--max-new-tokens": "2",
  };
  return runCommand("train", ...Object.entries({ ...named, "--reward": reward }).flat(), "--checkpoint-every", "1", "--json", ...more);
}

/** Everything that a run has left, names included. */
async function everythingIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return (await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, "latin1")}`))).join("\n");
}

function expectNoSecret(text: string): void {
  for (const secret of [...secrets, basic, encodeURIComponent(password)]) expect(text.includes(secret), `holds ${secret}`).toBe(false);
}

test("a run, its output and its errors hold no user, password, key or query of the endpoint, and it goes on with them", async () => {
  const address = `http://${user}:${password}@${host()}/score?token=${token}`;
  const first = await train(address, "--steps", "1");
  expect(asked[0]).toMatchObject({ url: `/score?token=${token}`, headers: { authorization: `Basic ${basic}` } });
  const config = JSON.parse(await readFile(join(out(), "config.json"), "utf8"));
  expect(config.reward).toBe(`http://…@${host()}/score?token=…`);

  const second = await train(address, "--steps", "2", "--resume");
  expect(JSON.parse(second.stdout)).toMatchObject({ step: 2 });

  failing = 401;
  const error = await train(address, "--steps", "3", "--resume").catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: "endpoint-failed", message: expect.stringContaining("refused with status 401") });
  failing = undefined;

  expectNoSecret(await everythingIn(out()));
  expectNoSecret(`${first.stdout}${first.stderr}${second.stdout}${second.stderr}${(error as Error).message}`);
}, 120_000);

test("a run's own configuration asks for what it doesn't hold, and a key of the environment does without it", async () => {
  const config = join(out(), "config.json");
  const again = (...flags: string[]) => runCommand("train", "--config", config, "--out", out(), "--resume", "--json", ...flags);
  await expect(again()).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(`http://…@${host()}/score?token=… is an address as a run's config.json has it, without its secrets`),
  });

  vi.stubEnv("CAI_REWARD_KEY", key);
  asked = [];
  const { stdout, stderr } = await train(`http://${host()}/score`, "--steps", "1", "--out", join(root, "keyed"));
  expect(asked[0]!.headers.authorization).toBe(`Bearer ${key}`);
  expectNoSecret(`${stdout}${stderr}${await everythingIn(join(root, "keyed"))}`);
}, 120_000);
