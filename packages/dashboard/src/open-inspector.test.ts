import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectionFixture } from "./inspection.fixture.ts";
import { openInspector } from "./open-inspector.ts";
import type { ServedPage } from "./serve-page.ts";

const inspection = inspectionFixture();
let page: ServedPage | undefined;
beforeAll(async () => {
  page = await openInspector({ inspection });
});
afterAll(() => page?.close());

test("the step comes as it was given, and the page with all its files", async () => {
  expect(await (await fetch(`${page!.url}/api/inspection`)).json()).toEqual(inspection);
  const answer = await fetch(page!.url);
  expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/);
  const paths = [...(await answer.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(paths).toContain("/inspector.js");
  for (const path of paths) expect([path, (await fetch(page!.url + path)).status]).toEqual([path, 200]);
});

test("there are no runs to ask for, no other page, and nothing to write", async () => {
  for (const path of ["/api/runs", "/api/metrics?run=x", "/index.html", "/strips.test.ts"])
    expect([path, (await fetch(page!.url + path)).status]).toEqual([path, 404]);
  for (const method of ["POST", "PUT", "DELETE"]) expect((await fetch(`${page!.url}/api/inspection`, { method })).status).toBe(405);
  expect((await fetch(`${page!.url}/api/inspection`, { headers: { origin: "https://evil.example" } })).status).toBe(403);
});

test("a port that is taken is told", async () => {
  await expect(openInspector({ inspection, port: Number(new URL(page!.url).port) })).rejects.toMatchObject({ code: "port" });
});
