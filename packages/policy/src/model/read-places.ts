/** Which tokens of a pass are read. */
export interface ReadPlaces {
  /** `[R]`, R ≥ 1: their places among the N. */
  readonly places: Int32Array;
  /** For each that was asked for, its place among the R; −1 where nothing was. */
  readonly rankAt: Int32Array;
}

/** Of places among N tokens, each there once and −1 where nothing is read, those that are: without gaps, in their order. */
export function readPlaces(asked: Int32Array): ReadPlaces {
  const places = asked.filter((place) => place !== -1);
  let rank = 0;
  const rankAt = asked.map((place) => (place === -1 ? -1 : rank++));
  // Where nothing is read, one goes on: products want a row, and gradients a way to be 0.
  return { places: places.length > 0 ? places : Int32Array.of(0), rankAt };
}
