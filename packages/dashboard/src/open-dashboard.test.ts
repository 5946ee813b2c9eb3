import { appendFile, readFile } from "node:fs/promises";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metricsLine } from "./metrics-line.fixture.ts";
import { openDashboard } from "./open-dashboard.ts";
import { runsFolder } from "./run.fixture.ts";
import type { ServedPage } from "./serve-page.ts";

let [folder, dashboard]: [string, ServedPage | undefined] = ["", undefined];
beforeAll(async () => {
  folder = await runsFolder({ first: 3, "deep/second": 5 });
  dashboard = await openDashboard({ folders: [folder] });
});
afterAll(() => dashboard?.close());

/** As a client that says whatever it likes of itself. */
async function ask(path: string, { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {}) {
  const { hostname, port } = new URL(dashboard!.url);
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers, text }));
    });
    asked.on("error", reject).end();
  });
}

test("the runs are listed by their path below the folder", async () => {
  const { runs } = JSON.parse((await ask("/api/runs")).text);
  expect(runs.map(({ name, step, state }: Record<string, unknown>) => [name, step, state])).toEqual([
    ["deep/second", 5, "stopped"],
    ["first", 3, "stopped"],
  ]);
});

test("a run's log comes as it stands there, and after that what is new", async () => {
  const path = join(folder, "first/metrics.jsonl");
  const first = await ask("/api/metrics?run=first");
  expect(first.text).toBe(await readFile(path, "utf8"));
  await appendFile(path, metricsLine(4));
  const then = await ask(`/api/metrics?run=first&from=${first.headers["x-next"]}`);
  expect([then.text, then.headers["x-new"], then.headers["x-more"]]).toEqual([metricsLine(4), "false", "false"]);
  expect((await ask("/api/samples?run=deep%2Fsecond")).text).toBe(await readFile(join(folder, "deep/second/samples.jsonl"), "utf8"));
});

describe("what is below the runs' folders and belongs to a run is served, and nothing else", () => {
  test.each([
    "/api/metrics?run=../first",
    "/api/metrics?run=/etc",
    "/api/metrics",
    "/api/metrics?run=deep",
    "/api/config?run=first",
    "/../../../../etc/passwd",
    "/..%2f..%2fpackage.json",
    "/main.js/../../package.json",
    "/package.json",
    "/panels.test.js",
  ])("%s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });
});

describe("who is not this page, on this machine, is refused", () => {
  const { port } = { port: () => new URL(dashboard!.url).port };
  test.each([
    ["another host's name that leads here", { host: "evil.example" }],
    ["another port", { host: "127.0.0.1:1" }],
    ["another page", { origin: "https://evil.example" }],
    ["a page of a file", { origin: "null" }],
  ])("%s", async (_, headers) => {
    expect((await ask("/api/runs", { headers })).status).toBe(403);
  });

  test("this machine's own names", async () => {
    for (const headers of [{ host: `localhost:${port()}` }, { origin: `http://127.0.0.1:${port()}` }])
      expect((await ask("/api/runs", { headers })).status).toBe(200);
  });

  test("who wants to write", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) expect((await ask("/api/runs", { method })).status).toBe(405);
  });

  test("whoever comes over the network", async () => {
    const outer = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === "IPv4" && !one.internal)?.address;
    if (outer === undefined) return;
    const reached = await fetch(`http://${outer}:${port()}/`).then(
      () => "reached",
      () => "refused",
    );
    expect(reached).toBe("refused");
  });
});

test("the page asks for nothing elsewhere, and says so to the browser", async () => {
  const { headers, text } = await ask("/");
  expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const paths = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(paths.length).toBeGreaterThan(3);
  for (const path of paths) expect([path, (await ask(path)).status]).toEqual([path, 200]);
});

test("a port that is taken, and a folder that isn't there, are told", async () => {
  const taken = Number(new URL(dashboard!.url).port);
  await expect(openDashboard({ folders: [folder], port: taken })).rejects.toMatchObject({
    code: "port",
    message: `port ${taken} is taken: name another one, or 0 for any that is free`,
  });
  await expect(openDashboard({ folders: [join(folder, "none")] })).rejects.toMatchObject({ code: "no-folder" });
});
