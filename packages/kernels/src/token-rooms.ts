interface Sized {
  readonly number: number;
  readonly width: number;
}

/**
 * Rooms in memory for the results of steps that run one after another. A room is free for another result of its width once the last
 * step that uses its own has ended.
 */
export function assignRooms(steps: readonly { readonly result: Sized; readonly uses: readonly Sized[] }[]): {
  /** Of each result, by its number. */
  readonly rooms: ReadonlyMap<number, number>;
  /** Of each room. */
  readonly widths: readonly number[];
} {
  const lastUse = new Map<number, number>();
  steps.forEach(({ uses }, step) => {
    for (const { number } of uses) lastUse.set(number, step);
  });
  const rooms = new Map<number, number>();
  const widths: number[] = [];
  const free: number[] = [];
  steps.forEach(({ result, uses }, step) => {
    const found = free.findIndex((room) => widths[room] === result.width);
    rooms.set(result.number, found === -1 ? widths.push(result.width) - 1 : free.splice(found, 1)[0]!);
    const ended = new Set(uses.filter(({ number }) => lastUse.get(number) === step).map(({ number }) => number));
    for (const number of ended) free.push(rooms.get(number)!);
  });
  return { rooms, widths };
}
