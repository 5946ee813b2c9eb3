/** Metrics as JSON holds them: it has no NaN, and no infinity. */
export type StoredMetrics = Readonly<Record<string, number | null>>;

export function storeMetrics(metrics: Readonly<Record<string, number>>): StoredMetrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : null]));
}

/** What was no finite number is NaN. */
export function restoreMetrics(stored: StoredMetrics): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, value ?? Number.NaN]));
}
