import type { ModelIdentity } from "@cai/contracts";

/** An identity whose hash may still be on its way: who reads it waits for it, and is told where there is none. */
export function modelIdentity(source: string, sha256: () => string): ModelIdentity {
  return {
    source,
    get sha256() {
      return sha256();
    },
  };
}
