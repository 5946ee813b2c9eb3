import fc from "fast-check";
import { expect, test } from "vitest";
import { adaptiveKlController, fixedKlController, type KlControllerState, leastKlHorizon, restoreKlController } from "./controller.ts";
import { KlError } from "./error.ts";

test("a fixed coefficient stays, whatever happens", () => {
  const controller = fixedKlController({ coefficient: 0.1 });
  controller.update({ kl: 100, samples: 8 });
  expect(controller.coefficient).toBe(0.1);
});

test("an adaptive one rises by at most a fifth of samples / horizon above the target, and falls by as much below it", () => {
  const after = (kl: number) => {
    const controller = adaptiveKlController({ coefficient: 1, target: 10, horizon: 100 });
    controller.update({ kl, samples: 50 });
    return controller.coefficient;
  };
  expect(after(10)).toBe(1);
  expect(after(11)).toBeCloseTo(1.05, 12);
  expect(after(12)).toBeCloseTo(1.1, 12);
  expect(after(1000)).toBeCloseTo(1.1, 12);
  expect(after(9)).toBeCloseTo(0.95, 12);
  expect(after(-50)).toBeCloseTo(0.9, 12);
});

test("just above the least horizon one step takes almost all of β, at it the step is refused", () => {
  const samples = 40;
  const update = (horizon: number) => {
    const controller = adaptiveKlController({ coefficient: 1, target: 6, horizon });
    controller.update({ kl: 0, samples });
    return controller.coefficient;
  };
  expect(leastKlHorizon({ samples })).toBe(8);
  expect(update(8.1)).toBeCloseTo(1 - 8 / 8.1, 12);
  expect(() => update(8)).toThrow(KlError);
});

test("a controller that is restored from its state, by way of JSON, goes on as if nothing had happened", () => {
  const kls = fc.array(fc.double({ min: -5, max: 50, noNaN: true }), { maxLength: 6 });
  fc.assert(
    fc.property(kls, kls, (before, after) => {
      for (const controller of [
        adaptiveKlController({ coefficient: 0.2, target: 6, horizon: 1000 }),
        fixedKlController({ coefficient: 0.3 }),
      ]) {
        for (const kl of before) controller.update({ kl, samples: 64 });
        const restored = restoreKlController(JSON.parse(JSON.stringify(controller.state())));
        for (const kl of after) for (const one of [controller, restored]) one.update({ kl, samples: 64 });
        expect(restored.coefficient).toBe(controller.coefficient);
        expect(restored.state()).toEqual(controller.state());
      }
    }),
  );
});

test("bad input is refused, and leaves the coefficient as it was", () => {
  expect(() => fixedKlController({ coefficient: -1 })).toThrow(KlError);
  expect(() => adaptiveKlController({ coefficient: Number.NaN, target: 6, horizon: 10 })).toThrow("coefficient is NaN");
  expect(() => adaptiveKlController({ coefficient: 0.1, target: 0, horizon: 10 })).toThrow("target is 0");
  expect(() => adaptiveKlController({ coefficient: 0.1, target: 6, horizon: -10 })).toThrow("horizon is -10");
  expect(() => restoreKlController({ kind: "other", coefficient: 1 } as unknown as KlControllerState)).toThrow('expected kind "fixed"');
  const controller = adaptiveKlController({ coefficient: 0.1, target: 6, horizon: 10 });
  expect(() => controller.update({ kl: Number.NaN, samples: 8 })).toThrow("kl is NaN");
  expect(() => controller.update({ kl: 6, samples: -8 })).toThrow("samples is -8");
  expect(() => controller.update({ kl: 0, samples: 50 })).toThrow("50 samples in a step with horizon 10: pass a horizon above 10");
  expect(controller.coefficient).toBe(0.1);
});
