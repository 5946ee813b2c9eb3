/** What a weight may be stored in: it becomes float32, exactly, but for F64, which is rounded. */
export const weightDtypes = ["F32", "F16", "BF16", "F64"];

export const isWeightDtype = (dtype: string): boolean => weightDtypes.includes(dtype);
