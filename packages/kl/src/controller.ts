import { checkNumber } from "./check.ts";
import { KlError } from "./error.ts";

/** The coefficient β of the KL penalty, from step to step. */
export interface KlController {
  readonly coefficient: number;
  /** Called once after each step: `kl` is the step's mean over rows of the row's sum, `samples` its number of rows. */
  update(step: { readonly kl: number; readonly samples: number }): void;
  /** Plain JSON from which `restoreKlController` makes a controller that goes on exactly as this one. */
  state(): KlControllerState;
}

/** What a checkpoint holds of a controller. */
export type KlControllerState =
  | { readonly kind: "fixed"; readonly coefficient: number }
  | { readonly kind: "adaptive"; readonly coefficient: number; readonly target: number; readonly horizon: number };

/**
 * A coefficient that stays as it is.
 *
 * @throws KlError for a coefficient below 0
 * @example
 * fixedKlController({ coefficient: 0.1 }).coefficient; // 0.1
 */
export function fixedKlController({ coefficient }: { readonly coefficient: number }): KlController {
  checkNumber("coefficient", coefficient, 0);
  return { coefficient, update: () => {}, state: () => ({ kind: "fixed", coefficient }) };
}

/**
 * The horizon above which steps of so many samples leave β above 0, however low the KL: a fifth of them, as the relative error counts up
 * to a fifth.
 *
 * @example
 * leastKlHorizon({ samples: 64 }); // 12.8
 */
export function leastKlHorizon({ samples }: { readonly samples: number }): number {
  return samples / 5;
}

/**
 * A coefficient that steers the divergence towards a target (Ziegler et al. 2019, section 2.2):
 *
 *     β ← β·(1 + clip(kl / target − 1, −0.2, 0.2)·samples / horizon)
 *
 * @param options the first `coefficient` ≥ 0, the `target` of the KL per sequence in nats, and the `horizon` in samples: the larger,
 * the slower
 * @throws KlError for a coefficient below 0, a target or horizon that is not above 0, and in `update` for a KL that is not finite or
 * samples that are not between 0 and five horizons (beyond which β would turn negative: {@link leastKlHorizon})
 * @example
 * const controller = adaptiveKlController({ coefficient: 0.2, target: 6, horizon: 10000 });
 * controller.update({ kl: 12, samples: 500 });
 * console.log(controller.coefficient.toFixed(3)); // 0.202
 */
export function adaptiveKlController(options: {
  readonly coefficient: number;
  readonly target: number;
  readonly horizon: number;
}): KlController {
  const { target, horizon } = options;
  let { coefficient } = options;
  checkNumber("coefficient", coefficient, 0);
  checkPositive("target", target);
  checkPositive("horizon", horizon);
  return {
    get coefficient() {
      return coefficient;
    },
    update: ({ kl, samples }) => {
      checkNumber("kl", kl, -Infinity);
      checkNumber("samples", samples, 0);
      if (horizon <= leastKlHorizon({ samples }))
        throw new KlError(
          "bad-input",
          `${samples} samples in a step with horizon ${horizon}: pass a horizon above ${leastKlHorizon({ samples })}`,
        );
      const error = Math.min(Math.max(kl / target - 1, -0.2), 0.2);
      coefficient *= 1 + (error * samples) / horizon;
    },
    state: () => ({ kind: "adaptive", coefficient, target, horizon }),
  };
}

/**
 * The controller whose `state()` this is.
 *
 * @throws KlError for a state of an unknown kind, or one that no controller can have
 * @example
 * const controller = restoreKlController({ kind: "fixed", coefficient: 0.1 });
 */
export function restoreKlController(state: KlControllerState): KlController {
  switch (state.kind) {
    case "fixed":
      return fixedKlController(state);
    case "adaptive":
      return adaptiveKlController(state);
    default:
      throw new KlError("bad-input", `a KL controller's state is ${JSON.stringify(state)}: expected kind "fixed" or "adaptive"`);
  }
}

function checkPositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) throw new KlError("bad-input", `${name} is ${value}: pass a finite number above 0`);
}
