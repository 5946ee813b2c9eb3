// @ts-check

/**
 * The packages in rows: each imports from the rows above its own only. architecture.test.ts holds it, draw-packages.mjs draws it.
 *
 * @type {readonly (readonly string[])[]}
 */
export const packageRows = [
  ["contracts", "whole-file"],
  ["gae", "kl", "random", "safetensors", "tokenizer", "onnx-graph", "kernels", "sampling", "demo", "hub", "data", "endpoint", "loopback"],
  ["ppo-loss", "value-head", "optim", "checkpoint", "run-log", "gguf"],
  ["backend", "policy", "reward-model", "training"],
  ["rollouts", "onnx-export"],
  ["trainer", "sft", "preference", "rollout-onnx", "feedback", "evaluation"],
  ["constitution", "dashboard", "serve", "ai-sdk", "distributed"],
  ["cli"],
];
