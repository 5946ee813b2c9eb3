import { request } from "node:http";
import { prepareBackend } from "@cai/backend";
import type { Generation, SamplingOptions } from "@cai/contracts";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPolicyServer } from "./open-policy-server.ts";
import { generatingBy, serve } from "./served.fixture.ts";

let policy: CausalPolicy;
beforeAll(async () => {
  await prepareBackend();
  policy = await loadPolicy(tinyGpt2);
});
afterAll(() => policy.dispose());

const asked = { model: "tiny", prompt: "Once upon", max_tokens: 4 };
const refused = (asking: Promise<unknown>) =>
  asking.then(
    () => expect.fail("it was answered"),
    (error: unknown) => error as APIError,
  );

/** A policy that writes nothing until it is given up, and what it was asked. */
function neverWriting() {
  const asked: SamplingOptions[] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const slow = generatingBy(policy, (_, sampling) => {
    asked.push(sampling);
    begin();
    return new Promise<Generation>((_, reject) => {
      sampling.signal!.addEventListener("abort", () => reject(sampling.signal!.reason), { once: true });
    });
  });
  return { slow, asked, begun };
}
const aborted = ({ signal }: SamplingOptions) =>
  new Promise<void>((resolve) => {
    if (signal!.aborted) resolve();
    signal!.addEventListener("abort", () => resolve());
  });

test("the model is listed by its name", async () => {
  const { client } = await serve({ policy });
  expect((await client.models.list()).data).toMatchObject([{ id: "tiny", object: "model", max_model_len: policy.contextLength }]);
  expect(await client.models.retrieve("tiny")).toMatchObject({ id: "tiny" });
});

describe("what is wrong with a request is told as OpenAI tells it", () => {
  const chat = { model: "tiny", messages: [{ role: "user", content: "Hello" }] };
  test.each<[string, string, object, string, string | null]>([
    [
      "a missing prompt",
      "completions",
      { model: "tiny" },
      "prompt is missing: expected a text, a list of texts, a list of token ids",
      "prompt",
    ],
    ["a list of nothing", "completions", { ...asked, prompt: [] }, "prompt is []: expected", "prompt"],
    ["an empty prompt", "completions", { ...asked, prompt: "" }, "prompt has no tokens: expected some text", "prompt"],
    ["an unknown id", "completions", { ...asked, prompt: [5, 512] }, "prompt holds the id 512: expected ids below 512", "prompt"],
    ["a temperature", "completions", { ...asked, temperature: "hot" }, 'temperature is "hot": expected a number from 0', "temperature"],
    ["a seed", "completions", { ...asked, seed: -1 }, "seed is -1: expected a whole number from 0", "seed"],
    ["an empty stop text", "completions", { ...asked, stop: ["a", ""] }, 'stop[1] is "": expected a text', "stop[1]"],
    ["too many answers", "completions", { ...asked, prompt: ["a", "b"], n: 65 }, "2 prompts with 65 answers each: expected 128", "prompt"],
    ["no tokens", "completions", { ...asked, max_tokens: 0 }, "max_tokens is 0: expected 1 at least, or echo", "max_tokens"],
    ["too long a text", "completions", { ...asked, max_tokens: 127 }, "more than the model's context of 128: shorten it", "prompt"],
    [
      "a penalty",
      "completions",
      { ...asked, presence_penalty: 1 },
      "presence_penalty is 1: this server doesn't heed it",
      "presence_penalty",
    ],
    ["no messages", "chat/completions", { ...chat, messages: [] }, "messages is []: expected one message at least", "messages"],
    [
      "a role",
      "chat/completions",
      { ...chat, messages: [{ role: 3 }] },
      "messages[0].role is 3: expected system, user",
      "messages[0].role",
    ],
    [
      "an image",
      "chat/completions",
      { ...chat, messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "this model reads text only",
      null,
    ],
    ["tools", "chat/completions", { ...chat, tools: [{ type: "function" }] }, "this model is offered no tools", "tools"],
    ["JSON", "chat/completions", { ...chat, response_format: { type: "json_object" } }, "this model writes text only", "response_format"],
    ["alternatives alone", "chat/completions", { ...chat, top_logprobs: 2 }, "expected logprobs true beside it", "top_logprobs"],
    ["a tool's turn", "chat/completions", { ...chat, messages: [{ role: "tool", content: "" }] }, 'a message has the role "tool"', null],
  ])("%s", async (_, route, body, message, param) => {
    const { url } = await serve({ policy });
    const answer = await fetch(`${url}/${route}`, { method: "POST", body: JSON.stringify(body) });
    const { error } = (await answer.json()) as { error: Record<string, unknown> };
    expect([answer.status, error.type]).toEqual([400, "invalid_request_error"]);
    expect(error.message).toContain(message);
    if (param !== null) expect(error.param).toBe(param);
  });

  test("another model, another route, no JSON, too much of it", async () => {
    const { client, url } = await serve({ policy, maxBodyBytes: 1000 });
    const other = await refused(client.completions.create({ ...asked, model: "gpt-5" }));
    expect([other.status, other.code, other.param]).toEqual([404, "model_not_found", "model"]);
    expect(other.message).toContain('there is no model "gpt-5" here: ask for "tiny"');
    expect(await refused(client.embeddings.create({ model: "tiny", input: "a" }))).toMatchObject({ status: 404, code: "unknown_route" });
    const post = async (body: string | ReadableStream) => {
      const answer = await fetch(`${url}/completions`, { method: "POST", body, duplex: "half" } as RequestInit);
      return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
    };
    expect(await post("{")).toEqual([400, "invalid_json"]);
    const large = JSON.stringify({ ...asked, prompt: "a".repeat(1000) });
    expect(await post(large)).toEqual([413, "request_too_large"]);
    expect(await post(new Blob([large]).stream())).toEqual([413, "request_too_large"]);
  });

  test("a policy that fails", async () => {
    const { client } = await serve({ policy: generatingBy(policy, () => Promise.reject(new Error("out of memory"))) });
    const error = await refused(client.completions.create(asked));
    expect([error.status, error.type]).toEqual([500, "server_error"]);
    expect(error.message).toContain("the policy failed: out of memory");
    const streamed = await client.completions.create({ ...asked, stream: true });
    await expect(streamed[Symbol.asyncIterator]().next()).rejects.toThrow("the policy failed: out of memory");
  });
});

test("with a key, requests without it or with another are refused", async () => {
  const { url } = await serve({ policy, apiKey: "secret" });
  const clientWith = (apiKey: string) => new OpenAI({ baseURL: url, apiKey, maxRetries: 0 });
  expect(await refused(clientWith("guess").completions.create(asked))).toMatchObject({ status: 401, code: "invalid_api_key" });
  expect((await fetch(`${url}/models`)).status).toBe(401);
  expect((await clientWith("secret").models.list()).data).toHaveLength(1);
});

test("another host's name and another page are refused", async () => {
  const { url } = await serve({ policy });
  const { hostname, port } = new URL(url);
  const ask = (headers: Record<string, string>) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asking = request({ hostname, port, path: "/v1/completions", method: "POST", headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve({ status: answer.statusCode!, text }));
      });
      asking.on("error", reject).end(JSON.stringify(asked));
    });
  for (const headers of [{ host: "evil.example" }, { origin: "https://evil.example" }, { origin: "null" }]) {
    const { status, text } = await ask(headers);
    expect([status, JSON.parse(text).error.type]).toEqual([403, "permission_error"]);
  }
  expect((await ask({ host: `localhost:${port}` })).status).toBe(200);
});

test("requests are answered one after the other, and too many at once are refused", async () => {
  let [atOnce, most] = [0, 0];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const counting = generatingBy(policy, async (prompts, sampling) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await gate;
    const generation = await policy.generate(prompts, sampling);
    atOnce -= 1;
    return generation;
  });
  const { client } = await serve({ policy: counting, maxWaiting: 2 });
  const statuses: (number | undefined)[] = [];
  const ask = async () => {
    const error: unknown = await client.completions.create(asked).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    statuses.push(error instanceof APIError ? error.status : 200);
    if (statuses.length === 2) open(); // both are refused while the first is written and two wait
  };
  await Promise.all(Array.from({ length: 5 }, ask));
  expect(statuses).toEqual([429, 429, 200, 200, 200]);
  expect(most).toBe(1);
});

test.each([true, false])("a client that leaves ends what is written for it, and the next one is answered (stream: %s)", async (stream) => {
  const { slow, asked: generations, begun } = neverWriting();
  const { client } = await serve({ policy: slow });
  const leaving = new AbortController();
  const left = (async () => {
    const answer = await client.completions.create({ ...asked, stream }, { signal: leaving.signal });
    if (Symbol.asyncIterator in answer) for await (const _ of answer);
  })().catch(() => {});
  await begun;
  leaving.abort();
  await left;
  await aborted(generations[0]!);
  expect(await client.models.list()).toMatchObject({ data: [{ id: "tiny" }] });
});

test("closing gives up what is written, and whoever waits; then the policy is read no more", async () => {
  const { slow, asked: generations, begun } = neverWriting();
  const server = await openPolicyServer({ policy: slow, model: "tiny" });
  const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
  const asking = [refused(client.completions.create(asked)), refused(client.completions.create(asked))];
  await begun;
  await server.close();
  expect((await Promise.all(asking)).every((error) => error instanceof APIError)).toBe(true);
  expect(generations.map(({ signal }) => signal!.aborted)).toEqual([true]);
});

test("a port that is taken, and options that are none, are told", async () => {
  const { url } = await serve({ policy });
  const port = Number(new URL(url).port);
  await expect(openPolicyServer({ policy, port })).rejects.toMatchObject({ code: "port" });
  await expect(openPolicyServer({ policy, prot: 1 } as never)).rejects.toMatchObject({ code: "invalid-option" });
  await expect(openPolicyServer({ policy: "gpt2" as never })).rejects.toMatchObject({ code: "invalid-option" });
});
