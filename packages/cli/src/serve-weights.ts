import { resolve } from "node:path";
import { onFirstSignal } from "./first-signal.ts";
import { print } from "./visible.ts";
import { weightsTokenOf } from "./worker-flags.ts";

interface WeightsStoreFlags {
  readonly dir: string;
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
}

/** Keeps weights until a signal comes, which is how it is meant to end. */
export async function serveWeights({ dir, port, host, json }: WeightsStoreFlags): Promise<void> {
  const { startWeightServer } = await import("@cai/distributed");
  let release = () => {};
  const signal = new Promise<void>((heard) => {
    release = onFirstSignal(() => heard());
  });
  try {
    const token = weightsTokenOf();
    const server = await startWeightServer({ folder: resolve(dir), port, host, token });
    const who = token === undefined ? "for this machine" : "for whoever brings the token";
    print(json ? `${JSON.stringify({ url: server.url })}\n` : `${server.url} keeps weights in ${dir} ${who}. Ctrl-C ends it.\n`);
    await signal;
    await server.close();
  } finally {
    release();
  }
}
