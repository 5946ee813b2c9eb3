import { expect, test } from "vitest";
import { ConfigFields } from "./config-fields.ts";
import { rotaryFrequencies } from "./rotary-frequencies.ts";

const frequencies = (json: Record<string, unknown>, headSize = 4): number[] => [
  ...rotaryFrequencies(new ConfigFields(json, "config.json"), headSize),
];

test("the pairs of a head turn by powers of the base: 1 and 1/√base for two of them", () => {
  expect(frequencies({ rope_theta: 100 })).toEqual([1, Math.fround(0.1)]);
  expect(frequencies({})).toEqual([1, Math.fround(0.01)]);
  expect(frequencies({ rope_theta: 16 }, 8)).toEqual([1, 0.5, 0.25, 0.125]);
});

test("no scaling may be said in several ways", () => {
  for (const rope_scaling of [null, {}, { rope_type: "default" }, { type: "default" }])
    expect(frequencies({ rope_theta: 16, rope_scaling })).toEqual([1, 0.25]);
});

test("linear scaling divides all alike, under the newer name of its kind or the older", () => {
  for (const kind of ["rope_type", "type"])
    expect(frequencies({ rope_theta: 16, rope_scaling: { [kind]: "linear", factor: 4 } })).toEqual([0.25, 0.0625]);
});

test("the kind, the base and the scaling may stand together in rope_parameters", () => {
  expect(frequencies({ rope_theta: 99, rope_parameters: { rope_type: "linear", rope_theta: 16, factor: 4 } })).toEqual([0.25, 0.0625]);
});

test("llama3 scaling keeps quick pairs, divides slow ones, and mixes those between", () => {
  // Frequencies 1, π/8 and π²/64: over 64 tokens 10.2, 4 and 1.6 turns. With 2 and 6 as limits the first is kept, the second mixed half
  // and half, the third divided by 4.
  const rope_scaling = { rope_type: "llama3", factor: 4, low_freq_factor: 2, high_freq_factor: 6, original_max_position_embeddings: 64 };
  const [kept, mixed, divided] = frequencies({ rope_theta: (8 / Math.PI) ** 3, rope_scaling }, 6);
  expect(kept).toBe(1);
  expect(mixed).toBeCloseTo((Math.PI / 8) * (0.5 + 0.5 / 4), 6);
  expect(divided).toBeCloseTo(Math.PI ** 2 / 64 / 4, 6);
});

test("other kinds of scaling, and numbers that make no sense, are refused with file and field", () => {
  const llama3 = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
  const refused: [code: string, message: RegExp, config: Record<string, unknown>][] = [
    [
      "unsupported-config",
      /^config\.json: rope_scaling: rope_type is "yarn"; supported: "default", "linear", "llama3"/,
      { rope_type: "yarn" },
    ],
    ["unsupported-config", /rope_scaling: type is "dynamic"/, { type: "dynamic", factor: 2 }],
    ["bad-config", /^config\.json: rope_scaling: factor is undefined, expected a positive number/, { rope_type: "linear" }],
    ["bad-config", /factor is -1/, { rope_type: "linear", factor: -1 }],
    ["bad-config", /low_freq_factor is undefined/, { ...llama3, low_freq_factor: undefined }],
    ["bad-config", /original_max_position_embeddings is "8k"/, { ...llama3, original_max_position_embeddings: "8k" }],
    ["bad-config", /high_freq_factor 1 must be above low_freq_factor 1/, { ...llama3, high_freq_factor: 1 }],
  ];
  for (const [code, message, rope_scaling] of refused)
    expect(() => frequencies({ rope_scaling })).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  for (const [code, message, config] of [
    ["bad-config", /rope_scaling is "linear", expected an object or null/, { rope_scaling: "linear" }],
    ["bad-config", /rope_theta is 0, expected a positive number/, { rope_theta: 0 }],
    ["unsupported-config", /partial_rotary_factor is 0\.5; supported: 1/, { partial_rotary_factor: 0.5 }],
  ] as const)
    expect(() => frequencies(config)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});
