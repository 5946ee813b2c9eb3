/** How elements are stored: the format's own number, and blocks of `elements` weights in `bytes` bytes. */
export const dtypes = {
  F32: { id: 0, elements: 1, bytes: 4 },
  F16: { id: 1, elements: 1, bytes: 2 },
  BF16: { id: 30, elements: 1, bytes: 2 },
  Q8_0: { id: 8, elements: 32, bytes: 34 },
  Q4_0: { id: 2, elements: 32, bytes: 18 },
  Q4_1: { id: 3, elements: 32, bytes: 20 },
  Q5_0: { id: 6, elements: 32, bytes: 22 },
  Q5_1: { id: 7, elements: 32, bytes: 24 },
  Q2_K: { id: 10, elements: 256, bytes: 84 },
  Q3_K: { id: 11, elements: 256, bytes: 110 },
  Q4_K: { id: 12, elements: 256, bytes: 144 },
  Q5_K: { id: 13, elements: 256, bytes: 176 },
  Q6_K: { id: 14, elements: 256, bytes: 210 },
  IQ4_NL: { id: 20, elements: 32, bytes: 18 },
  IQ4_XS: { id: 23, elements: 256, bytes: 136 },
  TQ1_0: { id: 34, elements: 256, bytes: 54 },
  TQ2_0: { id: 35, elements: 256, bytes: 66 },
} as const;

/** Element types that are read here. */
export type GgufDtype = keyof typeof dtypes;

/** The name for the number that a file holds; undefined where it is not read here. */
export function dtypeOf(id: number): GgufDtype | undefined {
  return (Object.keys(dtypes) as GgufDtype[]).find((name) => dtypes[name].id === id);
}

/** What a file says of a tensor. */
export interface GgufTensorInfo {
  readonly dtype: GgufDtype;
  /** Row-major, as everywhere in this project: the last dimension is the one whose elements are neighbours. (The file lists it first.) */
  readonly shape: readonly number[];
  /** As stored. */
  readonly byteLength: number;
}
