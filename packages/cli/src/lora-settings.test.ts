import { expect, test } from "vitest";
import { type LoraFlags, loraConfig, resolveLora } from "./lora-settings.ts";

test("without a rank, or with rank 0, there is no adapter", () => {
  expect(resolveLora({})).toBeUndefined();
  expect(resolveLora({ lora: 0, loraAlpha: 16, loraTargets: "c_attn" })).toBeUndefined();
});

test("a rank alone is an adapter on all linear layers, with twice the rank for alpha", () => {
  expect(resolveLora({ lora: 8 })).toEqual({ rank: 8, alpha: 16, targets: "all-linear" });
  expect(resolveLora({ lora: 8, loraAlpha: 4 })).toMatchObject({ rank: 8, alpha: 4 });
});

test("targets are names with commas between them, a regular expression, or all of them; and are written as they were given", () => {
  const given: [string, string | string[]][] = [
    ["q_proj,v_proj", ["q_proj", "v_proj"]],
    ["transformer.h.0.attn.c_attn", ["transformer.h.0.attn.c_attn"]],
    [".*attn.c_attn", ".*attn.c_attn"],
    ["all-linear", "all-linear"],
  ];
  for (const [loraTargets, targets] of given) {
    const settings = resolveLora({ lora: 1, loraTargets })!;
    expect(settings.targets).toEqual(targets);
    expect(loraConfig(settings)).toEqual({ lora: 1, loraAlpha: 2, loraTargets });
  }
});

test("what is out of bounds, or describes an adapter that nobody asked for, is wrong use", () => {
  const refused: [LoraFlags, RegExp][] = [
    [{ lora: -1 }, /lora is -1: give the adapter's rank/],
    [{ lora: 2.5 }, /lora is 2\.5/],
    [{ lora: "8" }, /lora is "8"/],
    [{ lora: 8, loraAlpha: 0 }, /loraAlpha is 0: give a positive number/],
    [{ lora: 8, loraTargets: "" }, /loraTargets is "": give names/],
    [{ lora: 8, loraTargets: ["q_proj"] }, /loraTargets is \["q_proj"\]/],
    [{ loraAlpha: 16 }, /give its rank too, as in --lora 8/],
    [{ loraTargets: "c_attn" }, /give its rank too/],
  ];
  for (const [flags, message] of refused)
    expect(() => resolveLora(flags)).toThrow(expect.objectContaining({ code: "usage", message: expect.stringMatching(message) }));
});
