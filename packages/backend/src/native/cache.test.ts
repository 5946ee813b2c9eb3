import { expect, test } from "vitest";
import { cacheDirectory } from "./cache.mjs";

test("the cache is the user's own on each platform", () => {
  expect(cacheDirectory({ env: {}, platform: "linux", home: "/home/ada" })).toBe("/home/ada/.cache/cai");
  expect(cacheDirectory({ env: {}, platform: "darwin", home: "/Users/ada" })).toBe("/Users/ada/Library/Caches/cai");
  expect(cacheDirectory({ env: { LOCALAPPDATA: "/local" }, platform: "win32", home: "/ada" })).toBe("/local/cai/Cache");
});

test("XDG_CACHE_HOME decides where it is set", () => {
  expect(cacheDirectory({ env: { XDG_CACHE_HOME: "/big/disk" }, platform: "linux", home: "/home/ada" })).toBe("/big/disk/cai");
});
