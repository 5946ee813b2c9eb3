import { expect, test } from "vitest";
import { drawPrinciples } from "./draw-principles.ts";

const principleOf = (name: string, weight: number) => ({ name, weight, critiqueRequest: "c", revisionRequest: "r" });
const constitution = { principles: [principleOf("a", 1), principleOf("b", 2), principleOf("c", 5)] };
const draws = { seed: 7, stream: "revise", step: 3 };

test("a principle is drawn as often as its weight says", () => {
  const count = 8000;
  const drawn = drawPrinciples({ constitution, count, draws });
  for (const { name, weight } of constitution.principles) {
    const share = weight / 8;
    const deviations = (drawn.filter((one) => one.name === name).length - count * share) / Math.sqrt(count * share * (1 - share));
    expect(Math.abs(deviations)).toBeLessThan(4); // binomial
  }
});

test("chunks change no draw; another seed, stream or step does", () => {
  const names = (firstSample: number, count: number, changes = {}) =>
    drawPrinciples({ constitution, count, draws: { ...draws, firstSample, ...changes } }).map(({ name }) => name);
  const whole = names(0, 40);
  expect([...names(0, 13), ...names(13, 27)]).toEqual(whole);
  for (const changes of [{ seed: 8 }, { stream: "label" }, { step: 4 }]) expect(names(0, 40, changes)).not.toEqual(whole);
});
