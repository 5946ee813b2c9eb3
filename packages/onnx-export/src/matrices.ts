/** How a graph multiplies by the model's matrices and reads their rows: in float32 or in int8. */
export interface Matrices {
  /** Rows of the matrix for ids of any shape: `[…]` → `[…, columns]`. */
  rows(name: string, ids: string): string;
  /** `[N, I]` → `[N, O]`, by the matrix stored `[I, O]`, or if `transposed` `[O, I]`; plus the bias `[O]` of that name. */
  product(input: string, name: string, options: { readonly transposed: boolean; readonly bias: string | undefined }): string;
}
