import { resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { locateModel } from "./locate-model.ts";

test("a path that exists is the model's place and name, and so is what is made up; the hub is not asked", async () => {
  const resolveModel = vi.fn<(id: string) => Promise<string>>();
  const folder = { place: resolve("packages"), name: resolve("packages") };
  expect(await locateModel("packages", resolveModel)).toEqual(folder);
  expect(await locateModel("packages", undefined)).toEqual(folder);
  expect(await locateModel("random:gpt2", resolveModel)).toEqual({ place: "random:gpt2", name: "random:gpt2" });
  expect(resolveModel).not.toHaveBeenCalled();
});

test("what is no path here is asked of the hub, and keeps its id as its name", async () => {
  const resolveModel = vi.fn(async (id: string) => `cache/${id}`);
  expect(await locateModel("owner/name@v1", resolveModel)).toEqual({ place: resolve("cache/owner/name@v1"), name: "owner/name@v1" });
  expect(await locateModel("owner/name", undefined)).toEqual({ place: resolve("owner/name"), name: resolve("owner/name") });
});
