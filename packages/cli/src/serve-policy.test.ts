import { expect, test } from "vitest";
import { cai, policy, start } from "./start-cli.fixture.ts";

/** The first line of a command that goes on. */
const firstLine = (run: ReturnType<typeof start>) =>
  new Promise<string>((resolve) => run.child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())));

test("cai serve says where the endpoint is, answers there, and Ctrl-C ends it with 130", async () => {
  const run = start("serve", "--policy", policy, "--port", "0", "--json");
  const { url, model } = JSON.parse(await firstLine(run));
  expect([url, model]).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/), "tiny-gpt2"]);
  const body = JSON.stringify({ model, prompt: "Once upon", max_tokens: 3, temperature: 0 });
  const answer = await fetch(`${url}/completions`, { method: "POST", body });
  expect(((await answer.json()) as { usage: object }).usage).toMatchObject({ completion_tokens: 3 });
  run.child.kill("SIGINT");
  expect(await run.exit).toBe(130);
  expect(await run.stderr).toBe("Interrupted: the endpoint is closed.\n");
});

test("without --json a line of curl can be copied", async () => {
  const run = start("serve", "--policy", policy, "--port", "0", "--name", "it's mine");
  const text = await firstLine(run);
  run.child.kill("SIGTERM");
  expect(await run.exit).toBe(143);
  expect(text).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/v1 answers OpenAI's clients on this machine as the model "it's mine"\. Ctrl-C ends it\.\n {2}curl /,
  );
  expect(text).toContain(String.raw`-d '{"model":"it'\''s mine","messages":[{"role":"user","content":"Hello!"}],"max_tokens":64}'`);
});

test("a key that is not there, and a port that is none, are wrong use", async () => {
  const keyless = await cai("serve", "--policy", policy, "--api-key-env", "CAI_NO_SUCH_KEY");
  expect([keyless.exit, keyless.stderr]).toEqual([2, expect.stringContaining("--api-key-env names CAI_NO_SUCH_KEY, which is not set")]);
  expect((await cai("serve", "--policy", policy, "--port", "65536")).exit).toBe(2);
});
