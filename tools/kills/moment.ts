import { readdirSync } from "node:fs";
import { join } from "node:path";
import { uniform } from "@cai/random";

/** When a process is stopped. */
export type Moment =
  /** So many milliseconds after it has told so many steps; of none, after it has taken the folder. */
  | { readonly kind: "step"; readonly steps: number; readonly milliseconds: number }
  /** So many milliseconds after it began to write its first or a later checkpoint, or `final/`. */
  | { readonly kind: "checkpoint"; readonly nth: number; readonly milliseconds: number }
  | { readonly kind: "final"; readonly milliseconds: number };

/** A drawn moment of this kind: the same for the same counters. */
export function drawMoment(
  kind: Moment["kind"],
  { seed, counters }: { readonly seed: number; readonly counters: readonly [number, number, number] },
): Moment {
  const draw = (below: number, which: number) => below * uniform({ seed, stream: "kills", counters: [...counters, which] });
  switch (kind) {
    case "step": {
      const steps = Math.floor(draw(4, 0));
      return { kind, steps, milliseconds: draw(steps === 0 ? 1500 : 120, 1) };
    }
    case "checkpoint":
      return { kind, nth: 1 + Math.floor(draw(2, 0)), milliseconds: draw(30, 1) };
    case "final":
      return { kind, milliseconds: draw(8, 1) };
  }
}

/**
 * Calls back at the moment, once.
 *
 * @param told how many steps the process has told by now.
 * @returns ends the watch
 */
export function watchFor(moment: Moment, { out, told, reached }: { out: string; told: () => number; reached: () => void }): () => void {
  let timer: NodeJS.Timeout;
  const seen = new Set<string>();
  const begun = () => {
    switch (moment.kind) {
      case "step":
        return moment.steps === 0 ? namesIn(out).includes("run.lock") : told() >= moment.steps;
      case "checkpoint":
        for (const name of namesIn(join(out, "checkpoints"))) if (isOfCheckpoint(name)) seen.add(name);
        return seen.size >= moment.nth;
      case "final":
        return namesIn(out).some((name) => name.startsWith("final."));
    }
  };
  const look = () => {
    timer = begun() ? setTimeout(reached, moment.milliseconds) : setTimeout(look, 1);
  };
  look();
  return () => clearTimeout(timer);
}

const isOfCheckpoint = (name: string) => name.startsWith(".step-");

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it is not there yet
  }
}
