import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EndpointError } from "./error.ts";
import { jsonEndpoint } from "./json-endpoint.ts";
import type { EndpointOptions } from "./open-endpoint.ts";

const script = fileURLToPath(new URL("./fixtures/json-server.mjs", import.meta.url));
const servers: ChildProcess[] = [];

async function startServer(): Promise<string> {
  const server = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  const [line] = await once(server.stdout!, "data");
  return `http://127.0.0.1:${Number(line)}`;
}

let shared: string;
let asked = 0;
beforeAll(async () => {
  shared = await startServer();
});
afterAll(() => {
  for (const server of servers) server.kill("SIGKILL");
});

/** An endpoint at this path of the shared server; the query tells apart the counts of the tests. */
function endpointAt(path: string, options: Partial<EndpointOptions> = {}) {
  asked += 1;
  const address = `/${path}?test=${asked}`;
  const counts = async () => (await (await fetch(`${shared}/counts?of=${encodeURIComponent(address)}`)).json()) as { requests: number };
  return { endpoint: jsonEndpoint({ url: shared + address, backoffMs: 1, ...options }), counts };
}

const failed = (message: string) => ({ code: "endpoint-failed", message: expect.stringContaining(message) });
const bad = (message: string) => ({ code: "bad-answer", message: expect.stringContaining(message) });

test("the body is posted as JSON with the headers, and the answer's JSON is the answer", async () => {
  const { endpoint } = endpointAt("echo", { headers: { "x-own": "1" } });
  expect(await endpoint.post({ a: [1, "é"] })).toMatchObject({
    body: { a: [1, "é"] },
    headers: { "content-type": "application/json", "x-own": "1" },
  });
});

test("a path is added to the address's own; its query stays", async () => {
  const endpoint = jsonEndpoint({ url: `${shared}/echo/?version=1` });
  expect(await endpoint.post({}, { path: "/deeper" })).toMatchObject({ url: "/echo/deeper?version=1" });
  expect(endpoint.name).toBe(`${shared}/echo/`);
});

test("a bounded number of requests goes on at a time, over all calls", async () => {
  const { endpoint, counts } = endpointAt("pairs", { concurrency: 2 });
  const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((body) => endpoint.post(body)));
  expect(answers).toMatchObject([0, 1, 2, 3, 4, 5].map((body) => ({ body })));
  expect(await counts()).toMatchObject({ requests: 6, mostAtOnce: 2 });
});

describe("in trouble", () => {
  test.each(["busy", "busy-until-a-date"])("one that is %s is asked again after the time that it names", async (path) => {
    const { endpoint, counts } = endpointAt(path, { backoffMs: 1e6 });
    expect(await endpoint.post({ a: 1 })).toMatchObject({ body: { a: 1 } });
    expect(await counts()).toMatchObject({ requests: 2 });
  });

  test("no wait is longer than the longest, whatever the endpoint asks for", async () => {
    const { endpoint, counts } = endpointAt("busy-for-long", { longestWaitMs: 1 });
    expect(await endpoint.post({ a: 1 })).toMatchObject({ body: { a: 1 } });
    expect(await counts()).toMatchObject({ requests: 2 });
  });

  test("one that stays broken fails with its last answer, however long that is", async () => {
    const { endpoint, counts } = endpointAt("broken", { retries: 2 });
    await expect(endpoint.post({})).rejects.toMatchObject(
      failed("/broken gave no answer in 3 attempts; the last: status 500: out of memory"),
    );
    expect(await counts()).toMatchObject({ requests: 3 });
    await expect(endpointAt("endless-error", { retries: 0 }).endpoint.post({})).rejects.toMatchObject(
      failed(`status 500: ${"x".repeat(200)}…`),
    );
  });

  test.each(["silent", "stalls"])("one that is %s fails after its time", async (path) => {
    const { endpoint } = endpointAt(path, { timeoutMs: 50, retries: 1 });
    await expect(endpoint.post({})).rejects.toMatchObject(failed("in 2 attempts; the last: no answer within 50 ms"));
  });

  test("one that drips is given up when the time of the whole call is over, however patient each attempt is", async () => {
    const { endpoint, counts } = endpointAt("drips", { timeoutMs: 60_000, totalTimeoutMs: 100, retries: 9 });
    await expect(endpoint.post({})).rejects.toMatchObject(
      failed("gave no answer in 1 attempts within 100 ms; the last: no answer within 100 ms"),
    );
    expect(await counts()).toMatchObject({ requests: 1 });
  });

  test("one that asks for an hour's wait is not waited for beyond the time of the whole call", async () => {
    const { endpoint, counts } = endpointAt("busy-for-long", { longestWaitMs: 1e9, totalTimeoutMs: 10_000 });
    await expect(endpoint.post({})).rejects.toMatchObject(failed("in 1 attempts within 10000 ms; the last: status 429"));
    expect(await counts()).toMatchObject({ requests: 1 });
  });

  test("one that dies in the middle of its answer fails with the reason", async () => {
    const endpoint = jsonEndpoint({ url: `${await startServer()}/dies`, retries: 1, backoffMs: 1 });
    // Refused, or reset where the dying process is not gone yet.
    await expect(endpoint.post({})).rejects.toMatchObject(failed("gave no answer in 2 attempts; the last: fetch failed ("));
  });

  test("an abort rejects with its reason, in an attempt and in the queue", async () => {
    const { endpoint, counts } = endpointAt("silent", { concurrency: 1 });
    const abort = new AbortController();
    const { signal } = abort;
    const answers = [endpoint.post({}, { signal }), endpoint.post({}, { signal })].map((answer) => answer.catch((error) => error));
    setTimeout(() => abort.abort(new Error("stopped")), 20);
    expect(await Promise.all(answers)).toEqual([new Error("stopped"), new Error("stopped")]);
    expect((await counts()).requests).toBeLessThanOrEqual(1);
  });
});

describe("answers that can't be used", () => {
  test.each([
    ["html", "did not answer JSON: <html>hello</html>"],
    ["empty", "did not answer JSON: "],
  ])("%s is refused at once", async (path, message) => {
    const { endpoint, counts } = endpointAt(path);
    await expect(endpoint.post({})).rejects.toMatchObject(bad(message));
    expect(await counts()).toMatchObject({ requests: 1 });
  });

  test.each(["endless", "endless-when-inflated"])(
    "an answer that is %s is given up at the limit, and not asked for again",
    async (path) => {
      const { endpoint, counts } = endpointAt(path, { maxAnswerBytes: 1e6 });
      await expect(endpoint.post({})).rejects.toMatchObject(bad(`/${path} answered more than 1000000 bytes: [[[`));
      expect(await counts()).toMatchObject({ requests: 1 });
      await vi.waitFor(async () => expect(await counts()).toMatchObject({ atOnce: 0 })); // the connection is closed
    },
  );

  test("the limit itself is allowed", async () => {
    expect(await endpointAt("long", { maxAnswerBytes: 100 }).endpoint.post({})).toHaveLength(98);
    await expect(endpointAt("long", { maxAnswerBytes: 99 }).endpoint.post({})).rejects.toMatchObject(bad("more than 99 bytes"));
  });
});

describe("redirects", () => {
  test("one within the origin is followed with body and headers", async () => {
    const { endpoint } = endpointAt("moved", { headers: { "x-own": "1" } });
    expect(await endpoint.post({ a: 1 })).toMatchObject({ url: "/echo?moved", body: { a: 1 }, headers: { "x-own": "1" } });
  });

  test.each([
    ["moved-away", "redirects with status 307 to another origin, http://127.0.0.2:9/echo: if that is the endpoint, give its address"],
    ["moved-to-get", "asks for a GET in place of the POST"],
    ["moved-forever", "for the 6th time"],
    ["moved-nowhere", "to an address that is none"],
  ])("one that is %s is refused", async (path, message) => {
    await expect(endpointAt(path).endpoint.post({})).rejects.toMatchObject(failed(message));
  });
});

test("an answer that shows the key comes into no message, nor does the query", async () => {
  const endpoint = jsonEndpoint({ url: `${shared}/unauthorised?key=query-secret`, headers: { authorization: "Bearer sk-0123456789" } });
  const error = await endpoint.post({}).catch((reason: unknown) => reason);
  expect(EndpointError.isInstance(error) && error.message).toMatch(
    /\/unauthorised refused with status 401: Incorrect key: Bearer …\. Read.*…$/,
  );
  expect(error).not.toMatchObject({ message: expect.stringMatching(/0123456789|query-secret/) });
});

test("messages name the endpoint and what it is to give as the caller says", async () => {
  const options = { kind: "reward endpoint", gives: "scores", retries: 0 };
  await expect(jsonEndpoint({ url: `${shared}/broken`, ...options }).post({})).rejects.toThrow(
    `reward endpoint ${shared}/broken gave no scores in 1 attempts`,
  );
});

test.each<[Partial<EndpointOptions>, string]>([
  [{ url: "localhost:8000" }, "localhost:8000 is no address of a JSON endpoint"],
  [{ timeoutMs: 0 }, "timeoutMs is 0, wanted a number from 1"],
  [{ retries: -1 }, "retries is -1, wanted a whole number from 0"],
  [{ backoffMs: Number.NaN }, "backoffMs is NaN"],
  [{ totalTimeoutMs: 0 }, "totalTimeoutMs is 0, wanted a number from 1"],
  [{ longestWaitMs: -1 }, "longestWaitMs is -1"],
  [{ concurrency: 0 }, "concurrency is 0, wanted a whole number from 1"],
  [{ maxAnswerBytes: 0.5 }, "maxAnswerBytes is 0.5"],
])("the options %o are refused", (options, message) => {
  expect(() => jsonEndpoint({ url: "http://localhost", ...options })).toThrow(message);
});
