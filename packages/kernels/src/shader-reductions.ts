/**
 * `totalOf(thread, value)` and `largestOf(thread, value)`: over the values of a group's threads, the same for each of them, always in the same
 * order. For a shader's declarations; all threads of the group must call.
 *
 * @param threads a power of two
 * @param others declarations that stand behind them
 */
export const reductions = (threads: number, others = ""): string =>
  [
    `var<workgroup> partial: array<f32, ${threads}>;`,
    reduction("totalOf", "a + b", threads),
    reduction("largestOf", "max(a, b)", threads),
    others,
  ].join("\n");

const reduction = (name: string, of: string, threads: number): string => `
fn ${name}(thread: u32, value: f32) -> f32 {
  workgroupBarrier();
  partial[thread] = value;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (thread < half) {
      let a = partial[thread];
      let b = partial[thread + half];
      partial[thread] = ${of};
    }
    workgroupBarrier();
  }
  return partial[0];
}`;
