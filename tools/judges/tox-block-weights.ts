/**
 * Where each array lies in `lstm_model_0.1.2.h5`: in one piece, float32, little-endian, row-major. The file is one that is known by its hash, so
 * no reader of HDF5 is needed; `tools/golden/make-tox-block.py --offsets` prints these places as h5py finds them.
 */
const places = {
  embeddings: { offset: 10_280, shape: [20_000, 50] },
  forwardKernel: { offset: 4_014_040, shape: [50, 200] },
  forwardRecurrent: { offset: 4_056_088, shape: [50, 200] },
  forwardBias: { offset: 4_096_088, shape: [200] },
  backwardKernel: { offset: 4_096_888, shape: [50, 200] },
  backwardRecurrent: { offset: 4_138_936, shape: [50, 200] },
  backwardBias: { offset: 4_178_936, shape: [200] },
  dense: { offset: 4_183_032, shape: [100, 50] },
  denseBias: { offset: 4_179_736, shape: [50] },
  classes: { offset: 4_206_304, shape: [50, 6] },
  classesBias: { offset: 4_179_936, shape: [6] },
} as const;

export type WeightName = keyof typeof places;

/** The network's arrays, read out of the bytes of its h5 file. */
export function toxBlockWeights(file: Uint8Array): Record<WeightName, { readonly shape: readonly number[]; readonly data: Float32Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const read = Object.entries(places).map(([name, { offset, shape }]) => {
    const length = shape.reduce((product: number, size) => product * size, 1);
    return [name, { shape, data: Float32Array.from({ length }, (_, index) => view.getFloat32(offset + 4 * index, true)) }];
  });
  return Object.fromEntries(read);
}
