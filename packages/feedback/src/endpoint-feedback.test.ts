import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { temporaryFolder } from "@cai/testing";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerCache } from "./answer-cache.ts";
import { drawSeed } from "./draw-seed.ts";
import { endpointFeedback } from "./endpoint-feedback.ts";
import type { EndpointFeedbackOptions } from "./endpoint-options.ts";
import type { Completion } from "./feedback-model.ts";

const script = fileURLToPath(new URL("./fixtures/chat-server.mjs", import.meta.url));
const key = "sk-the-key-0123456789";
const servers: ChildProcess[] = [];

let address: string;
beforeEach(async () => {
  vi.stubEnv("OPENAI_API_KEY", key);
  const server = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  const [line] = await once(server.stdout!, "data");
  address = `http://127.0.0.1:${Number(line)}`;
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => {
  for (const server of servers) server.kill("SIGKILL");
});

const modelAt = (behaviour: string, options: Partial<EndpointFeedbackOptions> = {}) =>
  endpointFeedback({ url: `${address}/${behaviour}/v1`, model: "tiny", backoffMs: 1, ...options });
const requests = async (behaviour: string) =>
  ((await (await fetch(`${address}/requests`)).json()) as Record<string, number>)[behaviour] ?? 0;

const user = (content: string) => ({ role: "user", content });
const asked = (...contents: readonly string[]) => contents.map((content) => [user(content)]);
const draws = { seed: 7, stream: "revise", step: 2, firstSample: 5 };
const sampled = { draws, maxNewTokens: 16, temperature: 0.7 };
const choice = { messages: [user("Which?")], options: ["A", "B"] };

/** What the server says that it was sent beside the messages. */
const sent = ({ text }: Completion) => JSON.parse(text.slice(text.indexOf("{")));

test("conversations are answered in their order, each with the seed of its sample", async () => {
  const answers = await modelAt("well").complete(asked("one", "two", "three"), sampled);
  expect(answers.map(({ text }) => text.split(" ")[0])).toEqual(["one", "two", "three"]);
  expect(answers.map(sent)).toEqual(
    [0, 1, 2].map((index) => ({ model: "tiny", temperature: 0.7, max_tokens: 16, seed: drawSeed(draws, index) })),
  );
});

test("at temperature 0 no seed is sent, so that other draws are the same request", async () => {
  const [answer] = await modelAt("well").complete(asked("one"), { ...sampled, temperature: 0 });
  expect(sent(answer!)).toEqual({ model: "tiny", temperature: 0, max_tokens: 16 });
});

test("an answer says whether it ended by itself or was cut", async () => {
  const endingsAt = async (maxNewTokens: number) =>
    (await modelAt("well").complete(asked("one"), { ...sampled, maxNewTokens })).map(({ ending }) => ending);
  expect([await endingsAt(16), await endingsAt(2)]).toEqual([["finished"], ["cut"]]);
});

test("further fields go into every request, and the limit has the name that the endpoint wants", async () => {
  const model = modelAt("well", { body: { reasoning_effort: "low" }, maxTokensField: "max_completion_tokens" });
  const [answer] = await model.complete(asked("one"), sampled);
  expect(sent(answer!)).toMatchObject({ reasoning_effort: "low", max_completion_tokens: 16 });
  expect(model.identity).toBe(`${address}/well/v1 tiny {"reasoning_effort":"low"}`);
});

test("options have the sum over their spellings among the likeliest tokens", async () => {
  const [[a, b]] = (await modelAt("well").choose!([choice], {})) as [[number, number]];
  expect(Math.exp(a)).toBeCloseTo(0.625, 12);
  expect(Math.exp(b)).toBeCloseTo(0.25, 12);
  const [[, few]] = (await modelAt("well", { topLogprobs: 1 }).choose!([choice], {})) as [[number, number]];
  expect(Math.exp(few)).toBeCloseTo(0.5, 12); // not among them: their least
});

test("an answer's log-probability is read from the echoed text", async () => {
  const answered = ["Yes.", "", "No, it isn't."].map((answer) => ({ messages: [user("Is it?")], answer }));
  const results = await modelAt("well", { echoFormat: "dialogue" }).logprobs!(answered, {});
  expect(results).toEqual([5, 0, 14].map((tokens) => ({ logprob: -tokens || 0, tokens }))); // a space and the letters
  const [begun] = await modelAt("well", { echoFormat: "continuation" }).logprobs!([{ messages: [user("It is")], answer: " so" }], {});
  expect(begun).toEqual({ logprob: -3, tokens: 3 });
});

test("what an endpoint can is said by options", () => {
  expect(Object.keys(modelAt("well")).sort()).toEqual(["choose", "complete", "identity"]);
  expect(Object.keys(modelAt("well", { topLogprobs: 0, echoFormat: "dialogue" })).sort()).toEqual(["complete", "identity", "logprobs"]);
});

test("a conversation that ends with the assistant's turn is gone on with where the endpoint can, and refused before anything is asked", async () => {
  const begun = [user("Which?"), { role: "assistant", content: "The answer is (" }];
  await expect(modelAt("well").complete([[user("one")], begun], sampled)).rejects.toThrow(
    'conversation 2 of 2 ("The answer is ("): it ends with the assistant\'s turn',
  );
  await expect(modelAt("well").choose!([{ ...choice, messages: begun }], {})).rejects.toThrow("choice 1 of 1");
  expect(await requests("well")).toBe(0);
  const [answer] = await modelAt("well", { continuation: { continue_final_message: true } }).complete([begun], sampled);
  expect(sent(answer!)).toMatchObject({ continue_final_message: true });
});

test("nothing asked is nothing answered", async () => {
  const model = modelAt("well", { echoFormat: "dialogue" });
  expect(await Promise.all([model.complete([], sampled), model.choose!([], {}), model.logprobs!([], {})])).toEqual([[], [], []]);
});

describe("with a cache", () => {
  test("a call that was answered once costs nothing again, also after the process", async () => {
    const cache = join(await temporaryFolder(), "cache");
    const run = async () => {
      const model = modelAt("well", { cache, echoFormat: "dialogue" });
      return [
        await model.complete(asked("one", "two"), sampled),
        await model.choose!([choice], {}),
        await model.logprobs!([{ messages: [user("Is it?")], answer: "Yes." }], {}),
      ];
    };
    const first = await run();
    expect(await requests("well")).toBe(4);
    expect(await run()).toEqual(first);
    expect(await requests("well")).toBe(4);
    expect(await readdir(cache)).toHaveLength(4);
  });

  test("other draws, messages and models are other requests; another place in the call is not, where the sample is the same", async () => {
    const cache = await temporaryFolder();
    await modelAt("well", { cache }).complete(asked("one", "two"), sampled);
    await modelAt("well", { cache }).complete(asked("two"), { ...sampled, draws: { ...draws, firstSample: 6 } });
    expect(await requests("well")).toBe(2);
    await modelAt("well", { cache }).complete(asked("one"), { ...sampled, draws: { ...draws, step: 3 } });
    await modelAt("well", { cache }).complete(asked("One"), sampled);
    await modelAt("well", { cache, model: "small" }).complete(asked("one"), sampled);
    expect(await requests("well")).toBe(5);
  });

  test("an entry of a time when the text alone was kept is not read for a completion", async () => {
    const cache = await temporaryFolder();
    const body = { model: "tiny", messages: [user("one")], temperature: 0, max_tokens: 16 };
    const url = `${address}/well/v1/chat/completions`;
    await answerCache(cache).answer({ url, body }, async () => "an old answer");
    const ask = () => modelAt("well", { cache }).complete(asked("one"), { ...sampled, temperature: 0 });
    const answers = await ask();
    expect(answers).toEqual([{ text: expect.stringMatching(/^one /), ending: "finished" }]);
    expect(await ask()).toEqual(answers);
    expect(await requests("well")).toBe(1);
  });

  test("a damaged entry is asked for anew", async () => {
    const cache = await temporaryFolder();
    const answers = await modelAt("well", { cache }).complete(asked("one"), sampled);
    const [entry] = await readdir(cache);
    await writeFile(join(cache, entry!), "{");
    expect(await modelAt("well", { cache }).complete(asked("one"), sampled)).toEqual(answers);
    expect(await requests("well")).toBe(2);
  });

  test("an answer that can't be used is not kept", async () => {
    const cache = await temporaryFolder();
    await expect(modelAt("no-choices", { cache }).complete(asked("one"), sampled)).rejects.toThrow("gave no choices");
    expect(await readdir(cache)).toEqual([]);
  });
});

describe("endpoints in trouble", () => {
  test("one that is busy is asked again", async () => {
    expect(await modelAt("busy").complete(asked("one"), sampled)).toHaveLength(1);
    expect(await requests("busy")).toBe(2);
  });

  test.each<[string, Partial<EndpointFeedbackOptions>, string, string]>([
    ["hangs", { timeoutMs: 50, retries: 1 }, "endpoint-failed", "gave no answer in 2 attempts; the last: no answer within 50 ms"],
    ["broken", { retries: 1 }, "endpoint-failed", "gave no answer in 2 attempts; the last: status 500: out of memory"],
    ["dies", { retries: 1 }, "endpoint-failed", "gave no answer in 2 attempts; the last: fetch failed"],
    ["html", {}, "bad-answer", "did not answer JSON: <html>hello</html>"],
    ["nonsense", {}, "bad-answer", "gave no choices: an object with error"],
    ["no-choices", {}, "bad-answer", "gave no choices"],
    ["endless", { maxAnswerBytes: 1e6 }, "bad-answer", "answered more than 1000000 bytes"],
  ])("one that %s is an error that names it and the conversation", async (behaviour, options, code, message) => {
    const error = await modelAt(behaviour, options)
      .complete(asked("Tell me of the sea, and of all the ships on it."), sampled)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error).toMatchObject({
      message: expect.stringContaining(
        `conversation 1 of 1 ("Tell me of the sea, and of all the ships…"): feedback endpoint ${address}/${behaviour}/v1/chat/completions`,
      ),
    });
  });

  test("one without a route is refused at once", async () => {
    await expect(endpointFeedback({ url: `${address}/well`, model: "tiny" }).complete(asked("one"), sampled)).rejects.toThrow(
      "/well/chat/completions refused with status 404: no such route",
    );
  });

  test("one that tells no log-probabilities is an error that says what to do", async () => {
    const fetch = async () => Response.json({ choices: [{ message: { content: "A" }, text: "A" }] });
    const model = modelAt("well", { fetch, echoFormat: "dialogue" });
    await expect(model.choose!([choice], {})).rejects.toThrow(
      "gave no choices[0].logprobs.content[0].top_logprobs: if it can't, set the option",
    );
    await expect(model.logprobs!([{ messages: [user("Is it?")], answer: "Yes." }], {})).rejects.toThrow("Leave out echoFormat if it can't");
  });

  test("an abort rejects with its reason", async () => {
    const abort = new AbortController();
    const answers = modelAt("hangs").complete(asked("one", "two"), { ...sampled, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("stopped")), 20);
    await expect(answers).rejects.toThrow("stopped");
    await expect(modelAt("well").choose!([choice], { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  });
});

describe("the key", () => {
  test("is sent, and neither errors nor cache nor identity hold it, also where the server says it", async () => {
    const cache = await temporaryFolder();
    const found: string[] = [];
    for (const behaviour of ["well", "says-the-key", "says-the-key-well", "nonsense", "no-choices", "broken", "html", "dies"]) {
      const model = modelAt(behaviour, { cache, retries: 0, echoFormat: "dialogue" });
      found.push(model.identity);
      for (const ask of [
        () => model.complete(asked("one"), sampled),
        () => model.choose!([choice], {}),
        () => model.logprobs!([{ messages: [user("Is it?")], answer: "Yes." }], {}),
      ])
        await ask().catch((error: Error) => found.push(inspect(error, { depth: 20, showHidden: true }), error.message));
    }
    for (const entry of await readdir(cache)) found.push(entry, await readFile(join(cache, entry), "utf8"));
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((text) => text.includes(key) || text.includes("0123456789"))).toEqual([]);
    expect(found.some((text) => text.includes("Incorrect key: Bearer …"))).toBe(true); // it was sent
  });

  test("comes from the variable that is named, or none", async () => {
    vi.stubEnv("OTHER_KEY", "sk-other-key");
    const headersOf = async (options: Partial<EndpointFeedbackOptions>) => {
      const sentHeaders: (string | null)[] = [];
      const fetch = async (_: unknown, init?: RequestInit) => {
        sentHeaders.push(new Headers(init?.headers).get("authorization"));
        return Response.json({ choices: [{ message: { content: "Yes." } }] });
      };
      await modelAt("well", { ...options, fetch: fetch as typeof globalThis.fetch }).complete(asked("one"), sampled);
      return sentHeaders;
    };
    expect(await headersOf({})).toEqual([`Bearer ${key}`]);
    expect(await headersOf({ apiKeyVariable: "OTHER_KEY" })).toEqual(["Bearer sk-other-key"]);
    expect(await headersOf({ apiKeyVariable: "" })).toEqual([null]);
    vi.stubEnv("OPENAI_API_KEY", undefined);
    expect(await headersOf({})).toEqual([null]);
  });

  test("that can't be sent is refused without showing it, and so is a variable that isn't set", () => {
    vi.stubEnv("OPENAI_API_KEY", `${key}\n${key}`);
    expect(() => modelAt("well")).toThrow('the header "authorization" can\'t be sent');
    expect(() => modelAt("well")).not.toThrow(key);
    expect(() => modelAt("well", { apiKeyVariable: "NO_SUCH_KEY" })).toThrow("apiKeyVariable names NO_SUCH_KEY, which is not set");
  });
});

test.each<[object, string]>([
  [{ url: "localhost:8000" }, "localhost:8000 is no address of a feedback endpoint"],
  [{ model: "" }, 'model is "": expected its name at the endpoint'],
  [{ topLogprobs: -1 }, "topLogprobs is -1"],
  [{ echoFormat: "chat" }, 'echoFormat is "chat": expected dialogue or continuation'],
  [{ timeoutMs: 0 }, "timeoutMs is 0"],
  [{ toplogprobs: 5 }, "unknown option toplogprobs: did you mean topLogprobs?"],
])("the options %o are refused", (options, message) => {
  expect(() => modelAt("well", options)).toThrow(
    expect.objectContaining({ code: "bad-option", message: expect.stringContaining(message) }),
  );
});
