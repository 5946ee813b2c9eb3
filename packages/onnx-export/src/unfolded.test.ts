import { expect, test } from "vitest";
import type { DecoderLayers } from "./decoder-layers.ts";
import { unfolded } from "./unfolded.ts";

/** Values are the formulas that lead to them. */
const formulas: DecoderLayers = {
  linear: (name, input) => `${name}(${input})`,
  add: (a, b) => `${a} + ${b}`,
  multiply: (a, b) => `${a} · ${b}`,
  number: (value) => `${value}`,
  layerNorm: (name, input, epsilon) => `${name}(${input}; ${epsilon})`,
  rmsNorm: (name, input, { epsilon, gainOffset }) => `${name}(${input}; ${epsilon}, ${gainOffset})`,
  gelu: (input) => `gelu(${input})`,
  silu: (input) => `silu(${input})`,
  splitHeads: (input, heads) => `split(${input}, ${heads})`,
  mergeHeads: (input) => `merge(${input})`,
  attend: (layer, projected) => `attend${layer}(${projected.join(", ")})`,
};
const operations = unfolded(formulas);

test("what is fused with a linear layer comes before and behind it, the residual last", () => {
  expect(operations.linear("w", "x")).toBe("w(x)");
  const fusion = { norm: { name: "n", epsilon: 0.1 }, activation: "gelu", residual: "r" } as const;
  expect(operations.linear("w", "x", fusion)).toBe("r + gelu(w(n(x; 0.1)))");
});

test("a norm of heads is one of their own axis", () => {
  expect(operations.rmsNorm("n", "x", { epsilon: 0.1 })).toBe("n(x; 0.1, 0)");
  expect(operations.rmsNorm("n", "x", { epsilon: 0.1, heads: 4, gainOffset: 1 })).toBe("merge(n(split(x, 4); 0.1, 1))");
});

test("gates, sums, factors, a norm by itself and attention", () => {
  expect(operations.gated("silu", "g", "u")).toBe("silu(g) · u");
  expect(operations.gated("gelu", "g", "u")).toBe("gelu(g) · u");
  expect(operations.add("a", "b")).toBe("a + b");
  expect(operations.scale("x", 3)).toBe("x · 3");
  expect(operations.layerNorm("x", { name: "n", epsilon: 0.1 })).toBe("n(x; 0.1)");
  expect(operations.attend(2, ["q", "k", "v"])).toBe("attend2(q, k, v)");
});
