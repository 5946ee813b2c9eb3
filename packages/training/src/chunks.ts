/** 0 … count−1 in consecutive runs of at most `size`. */
export function consecutiveRuns(count: number, size: number): number[][] {
  return Array.from({ length: Math.ceil(count / size) }, (_, run) =>
    Array.from({ length: Math.min(size, count - run * size) }, (_, i) => run * size + i),
  );
}
