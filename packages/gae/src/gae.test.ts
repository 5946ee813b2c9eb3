import { expectClose } from "@cai/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GaeError } from "./error.ts";
import { computeGae } from "./gae.ts";
import { discountedReturns } from "./returns.ts";

test("a row by hand", () => {
  // δ = [1 + .9·3 − 2, 0 + .9·1 − 3, 5 − 1] = [1.7, −2.1, 4]; each A takes .9·.5 = .45 of the next.
  const { advantages, returns } = computeGae({
    rewards: Float32Array.of(1, 0, 5),
    values: Float32Array.of(2, 3, 1),
    mask: Uint8Array.of(1, 1, 1),
    shape: [1, 3],
    gamma: 0.9,
    lambda: 0.5,
  });
  expectClose(advantages, [1.7 + 0.45 * (-2.1 + 0.45 * 4), -2.1 + 0.45 * 4, 4], { tolerance: 1e-6 });
  expectClose(returns, [1.565 + 2, -0.3 + 3, 5], { tolerance: 1e-6 });
});

test("each row may have a λ of its own", () => {
  // Both rows have δ = [0, 1, 4], as V is 0: λ 1 adds all of them up, λ ½ takes halves and quarters.
  const { advantages, returns } = computeGae({
    rewards: Float32Array.of(0, 1, 4, 0, 1, 4),
    values: new Float32Array(6),
    mask: new Uint8Array(6).fill(1),
    shape: [2, 3],
    gamma: 1,
    lambda: [1, 0.5],
  });
  expect([...advantages]).toEqual([5, 5, 4, 1.5, 3, 4]);
  expect(returns).toEqual(advantages);
});

test("what stands under the padding has no influence, and comes out as 0", () => {
  const { advantages, returns } = computeGae({
    rewards: Float32Array.of(1, Number.NaN, Number.NaN),
    values: Float32Array.of(0.5, Infinity, Number.NaN),
    mask: Uint8Array.of(1, 0, 0),
    dones: Uint8Array.of(0, 1, 1),
    shape: [1, 3],
    gamma: 1,
    lambda: 1,
  });
  expect([...advantages]).toEqual([0.5, 0, 0]);
  expect([...returns]).toEqual([1, 0, 0]);
});

test("a row that was cut goes on with its bootstrap value, and one that is done does not", () => {
  const options = { rewards: Float32Array.of(1, 1), values: Float32Array.of(0, 0), mask: Uint8Array.of(1, 1), shape: [2, 1] as const };
  const bootstrapValues = Float32Array.of(10, 10);
  const { advantages } = computeGae({ ...options, bootstrapValues, dones: Uint8Array.of(0, 1), gamma: 0.5, lambda: 1 });
  expect([...advantages]).toEqual([6, 1]);
});

test("the bootstrap value follows the last valid token, however much padding comes after it", () => {
  const { advantages } = computeGae({
    rewards: Float32Array.of(0, 0, 0, 0),
    values: Float32Array.of(1, 2, 9, 9),
    mask: Uint8Array.of(1, 1, 0, 0),
    bootstrapValues: Float32Array.of(4),
    shape: [1, 4],
    gamma: 1,
    lambda: 0,
  });
  expect([...advantages]).toEqual([1, 2, 0, 0]);
});

test("a batch without rows, or without columns, is an empty result", () => {
  const empty = new Float32Array();
  for (const shape of [[0, 3] as const, [3, 0] as const]) {
    const { advantages } = computeGae({ rewards: empty, values: empty, mask: new Uint8Array(), shape, gamma: 1, lambda: 1 });
    expect(advantages).toEqual(empty);
  }
});

const batch = fc.record({ rows: fc.integer({ min: 1, max: 3 }), columns: fc.integer({ min: 1, max: 8 }) }).chain(({ rows, columns }) => {
  const size = { minLength: rows * columns, maxLength: rows * columns };
  const number = fc.integer({ min: -4096, max: 4096 }).map((n) => n / 1024);
  const numbers = fc.array(number, size).map((array) => Float32Array.from(array));
  const bits = (ones: number) => fc.array(fc.nat(9), size).map((array) => Uint8Array.from(array, (n) => (n < ones ? 1 : 0)));
  return fc.record({
    rewards: numbers,
    values: numbers,
    mask: fc.oneof(bits(10), bits(7), bits(2)),
    dones: bits(2),
    bootstrapValues: fc.array(number, { minLength: rows, maxLength: rows }).map((array) => Float32Array.from(array)),
    shape: fc.constant([rows, columns] as const),
    gamma: fc.constantFrom(0, 0.5, 0.9, 0.99, 1),
    lambda: fc.constantFrom(0, 0.5, 0.95, 1),
  });
});

test("advantages are Σ (γλ)^l·δ over the valid tokens up to the end of the episode, by definition", () => {
  fc.assert(
    fc.property(batch, ({ rewards, values, mask, dones, bootstrapValues, shape, gamma, lambda }) => {
      const { advantages, returns } = computeGae({ rewards, values, mask, dones, bootstrapValues, shape, gamma, lambda });
      const expected = new Float64Array(mask.length);
      for (let row = 0; row < shape[0]; row++) {
        const valid = [...mask.keys()].filter((i) => Math.floor(i / shape[1]) === row && mask[i] === 1);
        const valueAfter = (place: number) => (place + 1 < valid.length ? values[valid[place + 1]!]! : bootstrapValues[row]!);
        const delta = (place: number) => {
          const i = valid[place]!;
          return rewards[i]! + (dones[i] === 1 ? 0 : gamma * valueAfter(place)) - values[i]!;
        };
        for (let start = 0; start < valid.length; start++) {
          for (let place = start; place < valid.length; place++) {
            expected[valid[start]!]! += (gamma * lambda) ** (place - start) * delta(place);
            if (dones[valid[place]!] === 1) break;
          }
        }
      }
      expectClose(advantages, expected, { tolerance: 1e-6 });
      expectClose(
        returns,
        expected.map((advantage, i) => (mask[i] === 1 ? advantage + values[i]! : 0)),
        { tolerance: 1e-6 },
      );
    }),
    { numRuns: 300 },
  );
});

test("with λ = 1 the returns are the discounted rewards, whatever the values", () => {
  fc.assert(
    fc.property(batch, ({ rewards, values, mask, shape, gamma }) => {
      const { returns } = computeGae({ rewards, values, mask, shape, gamma, lambda: 1 });
      expectClose(returns, discountedReturns({ rewards, mask, shape, gamma }), { tolerance: 1e-6 });
    }),
  );
});

test.each([
  [{ rewards: new Float32Array(5) }, "rewards has 5 numbers, shape [2, 3] wants 6"],
  [{ values: new Float32Array(7) }, "values has 7 numbers, shape [2, 3] wants 6"],
  [{ mask: new Uint8Array(0) }, "mask has 0 numbers"],
  [{ dones: new Uint8Array(3) }, "dones has 3 numbers"],
  [{ bootstrapValues: new Float32Array(6) }, "bootstrapValues has 6 numbers, one for each of 2 rows wants 2"],
  [{ gamma: 1.01 }, "gamma is 1.01"],
  [{ lambda: -0.1 }, "lambda is -0.1"],
  [{ lambda: [1] }, "lambda has 1 numbers, one for each of 2 rows wants 2"],
  [{ lambda: [1, 2] }, "lambda is 2"],
  [{ gamma: Number.NaN }, "gamma is NaN"],
])("bad input is refused: %o", (wrong, message) => {
  const six = new Float32Array(6);
  const attempt = () => computeGae({ rewards: six, values: six, mask: new Uint8Array(6), shape: [2, 3], gamma: 1, lambda: 1, ...wrong });
  expect(attempt).toThrow(GaeError);
  expect(attempt).toThrow(message);
});
