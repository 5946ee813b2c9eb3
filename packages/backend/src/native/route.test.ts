import { expect, test } from "vitest";
import { chooseRoute } from "./route.mjs";
import { wheels } from "./wheels.mjs";

test("Linux with glibc gets a wheel, on x64 also for the GPU", () => {
  const linux = { platform: "linux", glibc: true };
  expect(chooseRoute({ gpu: false, ...linux, arch: "x64" })).toEqual({ by: "wheel", wheel: wheels["linux-x64-cpu"] });
  expect(chooseRoute({ gpu: true, ...linux, arch: "x64" })).toEqual({ by: "wheel", wheel: wheels["linux-x64-gpu"] });
  expect(chooseRoute({ gpu: false, ...linux, arch: "arm64" })).toEqual({ by: "wheel", wheel: wheels["linux-arm64-cpu"] });
});

test("macOS and Windows get tfjs-node's own installer", () => {
  expect(chooseRoute({ gpu: false, platform: "darwin", arch: "arm64" }).by).toBe("own-installer");
  expect(chooseRoute({ gpu: false, platform: "win32", arch: "x64" }).by).toBe("own-installer");
});

test("where there is nothing, the error says so and names what is supported", () => {
  expect(() => chooseRoute({ gpu: false, platform: "linux", arch: "x64", glibc: false })).toThrow(/glibc/);
  expect(() => chooseRoute({ gpu: true, platform: "darwin", arch: "arm64" })).toThrow(/no GPU build for darwin on arm64/);
  expect(() => chooseRoute({ gpu: true, platform: "linux", arch: "arm64", glibc: true })).toThrow(/no GPU build for linux on arm64/);
  expect(() => chooseRoute({ gpu: false, platform: "freebsd", arch: "x64" })).toThrow(/no native TensorFlow for freebsd on x64/);
});
