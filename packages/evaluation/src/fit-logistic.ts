/** An observation of a share by features. */
export interface LogisticRow {
  readonly features: readonly number[];
  /** From 0 to 1. */
  readonly target: number;
  readonly weight: number;
}

/**
 * The coefficients w with the least Σ weight·(−target·ln σ(w·x) − (1 − target)·ln(1 − σ(w·x))) + ½·ridge·|w|², by Newton's method with steps
 * that are halved until the sum falls. With a ridge above 0 the sum is strictly convex, so there is one such w.
 */
export function fitLogistic(rows: readonly LogisticRow[], ridge: number): number[] {
  const size = rows[0]!.features.length;
  let coefficients = Array<number>(size).fill(0);
  let loss = lossOf(rows, coefficients, ridge);
  for (let iteration = 0; iteration < 100; iteration++) {
    const { gradient, hessian } = slopesOf(rows, coefficients, ridge);
    const step = solve(hessian, gradient);
    const decrement = dot(step, gradient);
    if (decrement < 1e-18) break;
    let share = 1;
    let next = coefficients;
    let nextLoss = loss;
    do {
      next = coefficients.map((value, i) => value - share * step[i]!);
      nextLoss = lossOf(rows, next, ridge);
      share /= 2;
    } while (nextLoss > loss - 0.25 * share * decrement && share > 1e-10);
    if (nextLoss >= loss) break; // as near as rounding lets it come
    [coefficients, loss] = [next, nextLoss];
  }
  return coefficients;
}

export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

function lossOf(rows: readonly LogisticRow[], coefficients: readonly number[], ridge: number): number {
  let loss = (ridge / 2) * dot(coefficients, coefficients);
  for (const { features, target, weight } of rows) {
    const logit = dot(coefficients, features);
    // −target·ln σ(z) − (1 − target)·ln(1 − σ(z)) = ln(1 + e^z) − target·z
    loss += weight * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit);
  }
  return loss;
}

function slopesOf(
  rows: readonly LogisticRow[],
  coefficients: readonly number[],
  ridge: number,
): { gradient: number[]; hessian: number[][] } {
  const gradient = coefficients.map((value) => ridge * value);
  const hessian = coefficients.map((_, i) => coefficients.map((_, j) => (i === j ? ridge : 0)));
  for (const { features, target, weight } of rows) {
    const share = sigmoid(dot(coefficients, features));
    for (const [i, feature] of features.entries()) {
      gradient[i]! += weight * (share - target) * feature;
      for (const [j, other] of features.entries()) hessian[i]![j]! += weight * share * (1 - share) * feature * other;
    }
  }
  return { gradient, hessian };
}

/** The x of matrix·x = right, by elimination with pivots. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let j = column; j <= size; j++) rows[row]![j]! -= factor * rows[column]![j]!;
    }
  }
  const solution = Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = rows[row]![size]!;
    for (let j = row + 1; j < size; j++) rest -= rows[row]![j]! * solution[j]!;
    solution[row] = rest / rows[row]![row]!;
  }
  return solution;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
