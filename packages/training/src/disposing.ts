/** What has to be given back when nobody needs it any more. */
interface Disposable {
  dispose?(): unknown;
}

/**
 * Does work with things that it takes in hand by `own`, and disposes of them afterwards, also where something was thrown: the newest first.
 *
 * @example
 * const layers = await disposing(async (own) => {
 *   const policy = own(await loadPolicy("./gpt2"));
 *   return policy.layerCount;
 * });
 */
export async function disposing<Result>(
  work: (own: <Owned extends Disposable>(thing: Owned) => Owned) => Promise<Result>,
): Promise<Result> {
  const owned: Disposable[] = [];
  try {
    return await work((thing) => {
      owned.push(thing);
      return thing;
    });
  } finally {
    for (const thing of owned.reverse()) await thing.dispose?.();
  }
}
