/** tfjs's store of buffers, those in use and those that wait for the next of their size. */
export interface BufferPool {
  readonly freeBuffers: ReadonlyMap<string, { readonly size: number; destroy(): void }[]>;
  readonly numBytesUsed: number;
  numBytesAllocated: number;
  numFreeBuffers: number;
}

/** A pass needs again what the one before it has freed: as much as is in use, and this, may wait. */
const bytesToStay = 2 ** 30;

/** Frees the buffers that wait, where they hold more than is worth keeping. Nothing that was not submitted may use them. */
export function trimPool(pool: BufferPool, most: number = bytesToStay): void {
  if (pool.numBytesAllocated - pool.numBytesUsed <= pool.numBytesUsed + most) return;
  for (const buffers of pool.freeBuffers.values())
    for (const buffer of buffers.splice(0)) {
      buffer.destroy();
      pool.numBytesAllocated -= buffer.size;
      pool.numFreeBuffers--;
    }
}
