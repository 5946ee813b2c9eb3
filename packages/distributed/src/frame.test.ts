import { expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frame.ts";

const frame = {
  header: { kind: "example", step: 3, text: "ä" },
  arrays: {
    ids: Int32Array.of(-1, 2 ** 30),
    mask: Uint8Array.of(1),
    logprobs: Float32Array.of(-0, Number.NaN, 1e-45),
    sums: Float64Array.of(-1 / 3, Number.NEGATIVE_INFINITY),
    none: new Int32Array(),
  },
};

test("a frame comes back as it went, bit by bit", () => {
  const read = decodeFrame(encodeFrame(frame));
  expect(read).toEqual(frame);
  expect(new Uint32Array(read.arrays.logprobs!.buffer)[0]).toBe(0x8000_0000); // −0
});

test("one that starts at an odd place of its memory comes back too", () => {
  const bytes = encodeFrame(frame);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(decodeFrame(shifted.subarray(1))).toEqual(frame);
});

test("a byte too few, a byte too many and an empty frame are refused", () => {
  const bytes = encodeFrame(frame);
  for (const wrong of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)]), Buffer.of(), bytes.subarray(0, 20)])
    expect(() => decodeFrame(wrong)).toThrow(/a frame was expected/);
});

test("arrays of another type, a negative length and a name that reaches for prototypes are refused", () => {
  const withEntry = (entry: object) => {
    const text = Buffer.from(JSON.stringify({ arrays: [entry] }));
    const start = encodeFrame({ header: {}, arrays: {} }).subarray(0, 8);
    start.writeUInt32LE(text.length, 4);
    return Buffer.concat([start, text]);
  };
  expect(decodeFrame(withEntry({ name: "ids", type: "i32", length: 0 })).arrays.ids).toHaveLength(0);
  for (const entry of [
    { name: "ids", type: "f16", length: 0 },
    { name: "ids", type: "toString", length: 0 },
    { name: "ids", type: "i32", length: -1 },
    { name: "__proto__", type: "i32", length: 0 },
  ])
    expect(() => decodeFrame(withEntry(entry))).toThrow(/sound list of arrays/);
});

test("what is larger than the limit is neither written nor read", () => {
  expect(() => encodeFrame(frame, 100)).toThrow(/at most 100 are taken/);
  expect(() => decodeFrame(encodeFrame(frame), 100)).toThrow(/at most 100 are taken/);
});
