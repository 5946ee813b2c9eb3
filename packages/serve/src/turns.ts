import { concurrencyLimit } from "@cai/endpoint";
import { RequestError } from "./request-error.ts";

/** Requests computed one after the other: one policy on one device. */
export interface Turns {
  /**
   * @throws RequestError 429 where too many wait already
   */
  refuseIfFull(): void;
  /** Does work when its turn comes; work that is aborted while it waits is never begun. */
  take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Resolves once nothing goes on or waits. */
  done(): Promise<void>;
}

/** @param mostWaiting requests beside the one that is being answered */
export function openTurns(mostWaiting: number): Turns {
  const limit = concurrencyLimit(1);
  let open = 0;
  return {
    refuseIfFull() {
      if (open <= mostWaiting) return;
      const message = `${open - 1} requests wait for the policy already: ask again later, or one after the other`;
      throw new RequestError(429, "too_many_requests", message);
    },
    async take(work, signal) {
      open += 1;
      try {
        return await limit(work, signal);
      } finally {
        open -= 1;
      }
    },
    done: () => limit(async () => {}),
  };
}
