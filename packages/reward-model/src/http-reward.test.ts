import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestOf } from "./fixtures/request.ts";
import { type HttpRewardOptions, httpReward } from "./http-reward.ts";

const script = fileURLToPath(new URL("./fixtures/scoring-server.mjs", import.meta.url));
const servers: ChildProcess[] = [];

async function startServer(port = 0): Promise<{ address: string; port: number; server: ChildProcess }> {
  const server = spawn(process.execPath, [script, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  const [line] = await once(server.stdout!, "data");
  return { address: `http://127.0.0.1:${Number(line)}`, port: Number(line), server };
}

let shared: string;
let asked = 0;
beforeAll(async () => {
  shared = (await startServer()).address;
});
afterAll(() => {
  for (const server of servers) server.kill("SIGKILL");
});

/** A reward that asks the shared server at this path; the query tells apart the counts of the tests. */
function rewardAt(path: string, options: Partial<HttpRewardOptions> = {}) {
  asked += 1;
  const address = `/${path}?test=${asked}`;
  const counts = async () => (await fetch(`${shared}/counts?of=${encodeURIComponent(address)}`)).json();
  return { reward: httpReward({ url: shared + address, backoffMs: 1, ...options }), counts };
}
const request = requestOf(["a", "bcd"]);

test("an endpoint's scores are the scores", async () => {
  const { reward } = rewardAt("ok");
  expect(await reward.score(request)).toEqual(Float32Array.of(1, 3));
});

test("rows are sent in batches, a bounded number at a time, and scores come in the rows' order", async () => {
  const { reward, counts } = rewardAt("in-pairs", { batchSize: 3, concurrency: 2 });
  const responses = Array.from({ length: 12 }, (_, row) => "x".repeat(row));
  expect([...(await reward.score(requestOf(responses)))]).toEqual(responses.map((text) => text.length));
  expect(await counts()).toMatchObject({ requests: 4, mostInFlight: 2 });
});

test("no rows need no request", async () => {
  const { reward, counts } = rewardAt("ok");
  expect(await reward.score(requestOf([]))).toEqual(new Float32Array(0));
  expect(await counts()).toMatchObject({ requests: 0 });
});

test("the body holds prompts and responses only, and credentials of the address become a header", async () => {
  const url = `${shared.replace("//", "//ann:p%3Aq@")}/strict`;
  expect(await httpReward({ url }).score(requestOf(["a"]))).toEqual(Float32Array.of(1));
});

describe("endpoints in trouble", () => {
  test.each(["busy-once", "broken-once"])("one that is %s is asked again", async (path) => {
    const { reward, counts } = rewardAt(path);
    expect(await reward.score(request)).toEqual(Float32Array.of(1, 3));
    expect(await counts()).toMatchObject({ requests: 2 });
  });

  test("one that stays broken fails with its last answer", async () => {
    const { reward, counts } = rewardAt("broken", { retries: 2 });
    await expect(reward.score(request)).rejects.toThrow(/\/broken gave no scores in 3 attempts; the last: status 500: out of memory/);
    expect(await counts()).toMatchObject({ requests: 3 });
  });

  test.each(["silent", "stalls"])("one that is %s fails after its time", async (path) => {
    const { reward } = rewardAt(path, { timeoutMs: 50, retries: 1 });
    await expect(reward.score(request)).rejects.toThrow("in 2 attempts; the last: no answer within 50 ms");
  });

  test("one that dies in the middle of its answer fails with the reason", async () => {
    const { address } = await startServer();
    await expect(httpReward({ url: `${address}/dies`, retries: 1, backoffMs: 1 }).score(request)).rejects.toMatchObject({
      code: "endpoint-failed",
      message: expect.stringContaining("gave no scores in 2 attempts; the last: fetch failed"),
    });
  });

  test("one that dies and is started again is asked until it answers", async () => {
    const first = await startServer();
    const second = once(first.server, "exit").then(() => startServer(first.port));
    let attempts = 0;
    const reward = httpReward({
      url: `${first.address}/score`,
      retries: 12,
      backoffMs: 20,
      fetch: (_, init) => {
        attempts += 1;
        return fetch(`${first.address}/${attempts === 1 ? "dies" : "ok"}`, init);
      },
    });
    expect(await reward.score(request)).toEqual(Float32Array.of(1, 3));
    await second;
  });

  test("one that refuses is not asked again", async () => {
    const { reward, counts } = rewardAt("forbidden");
    await expect(reward.score(request)).rejects.toThrow("refused with status 403: no such key");
    expect(await counts()).toMatchObject({ requests: 1 });
  });
});

describe("endpoints that answer nonsense", () => {
  test.each([
    ["not-json", "did not answer JSON: <html>hello</html>"],
    ["wrong-count", "gave 1 scores for 2 rows"],
    ["null", "the score of response 1 of 2 is null"],
    ["nan", 'the score of response 1 of 2 is the text "NaN"'],
    ["missing", "gave undefined"],
    ["only-null", "gave undefined"],
  ])("%s is refused at once", async (path, message) => {
    const { reward, counts } = rewardAt(path);
    await expect(reward.score(request)).rejects.toMatchObject({ code: "bad-scores", message: expect.stringContaining(message) });
    expect(await counts()).toMatchObject({ requests: 1 });
  });
});

test("an abort rejects with its reason while the endpoint is silent", async () => {
  const { reward } = rewardAt("silent");
  const abort = new AbortController();
  const scores = reward.score(request, { signal: abort.signal });
  setTimeout(() => abort.abort(new Error("stopped")), 20);
  await expect(scores).rejects.toThrow("stopped");
});

test("messages leave out the query, which may hold a key", async () => {
  await expect(httpReward({ url: `${shared}/forbidden?key=secret` }).score(request)).rejects.toSatisfy(
    (error: Error) => !error.message.includes("secret"),
  );
});

test.each<[Partial<HttpRewardOptions>, string]>([
  [{ url: "localhost:8000" }, "localhost:8000 is no address"],
  [{ url: "ftp://host/score" }, "is no address"],
  [{ timeoutMs: 0 }, "timeoutMs is 0"],
  [{ retries: -1 }, "retries is -1"],
  [{ concurrency: 0 }, "concurrency is 0"],
  [{ batchSize: 1.5 }, "batchSize is 1.5"],
])("the options %o are refused", (options, message) => {
  expect(() => httpReward({ url: "http://localhost/score", ...options })).toThrow(message);
});
