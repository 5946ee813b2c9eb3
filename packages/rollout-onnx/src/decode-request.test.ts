import { leftPadded } from "@cai/testing";
import { expect, test } from "vitest";
import { decodeRequest } from "./decode-request.ts";

test("prompts come without their padding, and all that is asked can cross to another thread", () => {
  const draws = { seed: 1, stream: "test", step: 2 };
  const sampling = { draws, maxNewTokens: 3, topK: 5, stopTokenIds: [9], recordKeptTokens: true, signal: new AbortController().signal };
  const request = decodeRequest(leftPadded([[1, 2, 3], [4]]), sampling, [0]);
  expect(request.prompts).toEqual([Int32Array.of(1, 2, 3), Int32Array.of(4)]);
  expect(request.uniforms.map(({ length }) => length)).toEqual([3, 3]);
  expect(request).toMatchObject({ maxNewTokens: 3, topK: 5, stopTokenIds: [9], eosTokenIds: [0], recordKeptTokens: true });
  expect(() => structuredClone(request)).not.toThrow();
});
