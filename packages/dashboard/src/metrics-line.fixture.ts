/** A step of PPO as `metrics.jsonl` has it. */
export const metricsLine = (step: number, values: Readonly<Record<string, number | null>> = {}): string =>
  `${JSON.stringify({
    step,
    "objective/kl_per_token": 0.01 * step,
    "objective/scores": Math.sin(step / 40) + 0.3 * Math.sin(step * 7),
    "policy/clipfrac": 0.1,
    grad_norm: 1 + (step % 7),
    "tokens/response_mean": 20,
    tokens_per_second: 500,
    "time/total": 2,
    ...values,
  })}\n`;
