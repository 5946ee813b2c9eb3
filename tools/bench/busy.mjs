// @ts-check
import { availableParallelism, loadavg } from "node:os";

/** Says so on standard error where other work keeps the machine busy: PyTorch's threads wait by spinning, and lose far more than their share. */
export function warnWhereBusy() {
  const load = loadavg()[0] ?? 0;
  if (load > availableParallelism() / 2)
    console.error(
      `other work keeps this machine busy (load ${load.toFixed(1)} on ${availableParallelism()} cores): wait, or doubt the figures`,
    );
}
