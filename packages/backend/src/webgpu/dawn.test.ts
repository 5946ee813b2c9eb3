import { expect, test } from "vitest";
import { mayHaveGpu } from "./dawn.ts";

const shows =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

test("on Linux a GPU is looked for where the system shows one, elsewhere always", () => {
  const variable = "";
  expect(mayHaveGpu({ platform: "linux", variable, exists: shows("/dev/null") })).toBe(false);
  for (const path of ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"])
    expect(mayHaveGpu({ platform: "linux", variable, exists: shows(path) })).toBe(true);
  expect(mayHaveGpu({ platform: "darwin", variable, exists: shows() })).toBe(true);
});

test("CAI_WEBGPU=ask keeps it from being looked for", () => {
  expect(mayHaveGpu({ platform: "darwin", variable: "ask" })).toBe(false);
});
