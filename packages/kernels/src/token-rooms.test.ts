import fc from "fast-check";
import { expect, test } from "vitest";
import { assignRooms } from "./token-rooms.ts";

test("a chain of equal widths goes to and fro between two rooms", () => {
  const value = (number: number) => ({ number, width: 3 });
  const { rooms, widths } = assignRooms([
    { result: value(0), uses: [] },
    { result: value(1), uses: [value(0)] },
    { result: value(2), uses: [value(1)] },
    { result: value(3), uses: [value(2)] },
  ]);
  expect(widths).toEqual([3, 3]);
  expect([...rooms.values()]).toEqual([0, 1, 0, 1]);
});

test("whatever the steps, each finds in its rooms what was computed for it", () => {
  const steps = fc.array(fc.record({ width: fc.integer({ min: 1, max: 3 }), uses: fc.array(fc.nat({ max: 8 }), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(steps, (drawn) => {
      const results = drawn.map(({ width }, number) => ({ number, width }));
      const program = drawn.map(({ uses }, step) => ({
        result: results[step]!,
        uses: step === 0 ? [] : uses.map((back) => results[Math.max(0, step - 1 - back)]!),
      }));
      const { rooms, widths } = assignRooms(program);
      const memory = new Map<number, number>();
      for (const { result, uses } of program) {
        const room = rooms.get(result.number)!;
        expect(widths[room]).toBe(result.width);
        for (const { number } of uses) {
          expect(memory.get(rooms.get(number)!)).toBe(number);
          expect(rooms.get(number)).not.toBe(room);
        }
        memory.set(room, result.number);
      }
    }),
  );
});
