import { type DrawnToken, keptOf } from "@cai/contracts";
import { expect, test } from "vitest";
import { type DecoderDraw, drawResponses } from "./draw-responses.ts";

/** A decoder that draws the given ids, text by text, and remembers what it was asked. */
function scripted(texts: readonly (readonly number[])[]) {
  let running = [...texts.keys()];
  let token = 0;
  const draws: DecoderDraw[] = [];
  const appended: { texts: number[]; ids: number[] }[] = [];
  return {
    draws,
    appended,
    draw(how: DecoderDraw) {
      draws.push(how);
      const ids = Int32Array.from(running, (text) => texts[text]![token]!);
      return { ids, logprobs: Float32Array.from(ids, (id) => -id), kept: Array.from(ids, (id) => Int32Array.of(id, id + 1)) };
    },
    async append(goOn: Int32Array, ids: Int32Array) {
      running = [...goOn];
      token++;
      appended.push({ texts: [...goOn], ids: [...ids] });
    },
  };
}

const uniforms = [Float64Array.of(0.1, 0.2, 0.3), Float64Array.of(0.4, 0.5, 0.6), Float64Array.of(0.7, 0.8, 0.9)];
const ends = { uniforms, maxNewTokens: 3, eosTokenIds: [0], stopTokenIds: [9] };

test("texts leave as they end, and every token of a text has its own number", async () => {
  const decoder = scripted([[5, 0], [6, 6, 6], [9]]);
  const { responses, behaviourLogprobs, finishReasons, keptTokens } = await drawResponses(decoder, ends);
  expect(responses).toEqual({
    ids: Int32Array.of(5, 0, 0, /**/ 6, 6, 6, /**/ 9, 0, 0),
    mask: Uint8Array.of(1, 1, 0, /**/ 1, 1, 1, /**/ 1, 0, 0),
    shape: [3, 3],
  });
  expect([...behaviourLogprobs].map((logprob) => logprob + 0)).toEqual([-5, 0, 0, -6, -6, -6, -9, 0, 0]);
  expect(finishReasons).toEqual(["eos", "length", "stop"]);
  expect(decoder.draws.map((how) => [...how.uniforms])).toEqual([[0.1, 0.4, 0.7], [0.2, 0.5], [0.6]]);
  expect(decoder.appended).toEqual([
    { texts: [0, 1], ids: [5, 6] },
    { texts: [1], ids: [6] },
  ]);
  expect(keptTokens).toBeUndefined();
});

test("ends are blocked until the shortest length, and filters handed on", async () => {
  const decoder = scripted([[5, 6, 7]]);
  await drawResponses(decoder, { ...ends, uniforms: [uniforms[0]!], minNewTokens: 2, temperature: 0.5, topK: 3 });
  expect(decoder.draws.map(({ blockedIds }) => blockedIds)).toEqual([[0, 9], [0, 9], []]);
  expect(decoder.draws[0]).toMatchObject({ temperature: 0.5, topK: 3, topP: undefined });
});

test("what tokens were drawn from is recorded where that is asked for", async () => {
  const { keptTokens } = await drawResponses(scripted([[5, 0]]), { ...ends, uniforms: [uniforms[0]!], recordKeptTokens: true });
  expect([0, 1].map((cell) => [...keptOf(keptTokens!, cell)])).toEqual([
    [5, 6],
    [0, 1],
  ]);
});

test("each token is heard of as it is drawn, with the reason where it ends its text, and the hearer may end one", async () => {
  const heard: DrawnToken[] = [];
  const onToken = (token: DrawnToken) => {
    heard.push(token);
    return token.id === 7;
  };
  const { responses, finishReasons } = await drawResponses(scripted([[5, 7], [6, 6, 6], [0]]), { ...ends, onToken });
  expect(heard).toEqual([
    { row: 0, id: 5, finishReason: undefined },
    { row: 1, id: 6, finishReason: undefined },
    { row: 2, id: 0, finishReason: "eos" },
    { row: 0, id: 7, finishReason: undefined },
    { row: 1, id: 6, finishReason: undefined },
    { row: 1, id: 6, finishReason: "length" },
  ]);
  expect(finishReasons).toEqual(["stop", "length", "eos"]);
  expect([...responses.mask]).toEqual([1, 1, 0, /**/ 1, 1, 1, /**/ 1, 0, 0]);
});

test("what a decoder throws ends the loop", async () => {
  const decoder = { ...scripted([[5, 6]]), append: () => Promise.reject(new Error("aborted")) };
  await expect(drawResponses(decoder, { ...ends, uniforms: [uniforms[0]!] })).rejects.toThrow("aborted");
});
