import { resolve } from "node:path";
import { serveUntilSignal } from "./serve-until-signal.ts";
import { weightsTokenOf } from "./worker-flags.ts";

interface WeightsStoreFlags {
  readonly dir: string;
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
}

/** Keeps weights until a signal comes, which is how it is meant to end. */
export async function serveWeights({ dir, port, host, json = false }: WeightsStoreFlags): Promise<void> {
  const { startWeightServer } = await import("@cai/distributed");
  const token = weightsTokenOf();
  const server = await startWeightServer({ folder: resolve(dir), port, host, token });
  const who = token === undefined ? "for this machine" : "for whoever brings the token";
  await serveUntilSignal(server, { does: `keeps weights in ${dir} ${who}`, json });
}
