import { expect, test, vi } from "vitest";
import { errorOf } from "./hub.fixture.ts";
import { parseHubId } from "./hub-id.ts";
import { resolveModel } from "./resolve-model.ts";

test("an id is owner/name or name, with main as its revision unless it names another", () => {
  expect(parseHubId("owner/name")).toEqual({ name: "owner/name", revision: "main" });
  expect(parseHubId("gpt2")).toEqual({ name: "gpt2", revision: "main" });
  expect(parseHubId("meta-llama/Llama-3.2-1B@v1.0")).toEqual({ name: "meta-llama/Llama-3.2-1B", revision: "v1.0" });
  expect(parseHubId("a/b@refs/pr/1", "other")).toEqual({ name: "a/b", revision: "refs/pr/1" });
  expect(parseHubId("a/b", "other")).toEqual({ name: "a/b", revision: "other" });
});

test("what looks like a path is never a hub id", async () => {
  const fetch = vi.fn();
  for (const path of [
    "./x",
    "../a/b",
    "/a/b",
    "~/model",
    "runs/1/final",
    "a/b/",
    "a\\b",
    "model.gguf",
    "a/model.gguf",
    "",
    "a b",
    "a/..",
    "a@b@c",
  ])
    expect(await errorOf(resolveModel(path, { fetch }))).toMatchObject({
      name: "HubError",
      code: expect.stringMatching(/missing-path|bad-source/),
      message: expect.stringContaining(path),
    });
  expect(fetch).not.toHaveBeenCalled();
});
