import { constants } from "node:os";
import { Worker } from "node:worker_threads";

/** What asks a run to end: Ctrl-C, an init system or `kill`, a terminal that closes, Ctrl-\. */
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** One of them. */
export type EndingSignal = (typeof endingSignals)[number];

/** The exit code of a process that a signal ended, as shells have it. */
export const exitCodeAfter = (signal: EndingSignal): number => 128 + constants.signals[signal];

type Hearer = (signal: EndingSignal) => void;

/** The newest hears. */
const hearers: Hearer[] = [];
let stopListening: (() => void) | undefined;

/**
 * Hears the first of the signals, wherever the main thread is: while an operation blocks it for seconds, a second signal must end the process all
 * the same. So a thread of its own listens. It gives all of them back to the system at the first, there and then, and tells the main thread, which
 * acts when it can.
 *
 * @returns ends the hearing.
 */
export function onFirstSignal(heard: Hearer): () => void {
  hearers.push(heard);
  stopListening ??= listen((signal) => hearers.at(-1)?.(signal));
  return () => {
    if (!hearers.includes(heard)) return;
    hearers.splice(hearers.indexOf(heard), 1);
    if (hearers.length > 0) return;
    stopListening?.();
    stopListening = undefined;
  };
}

function listen(heard: Hearer): () => void {
  if (process.platform === "win32") return onFirstSignalHere(heard);
  const workerData = endingSignals.map((signal) => [signal, constants.signals[signal]]);
  const worker = new Worker(listener, { eval: true, workerData });
  let stopHere: (() => void) | undefined;
  worker.on("message", heard);
  worker.on("error", () => {
    stopHere = onFirstSignalHere(heard); // this Node lets no other thread listen
  });
  worker.unref(); // work that has nothing left to wait for is not to go on for this
  return () => {
    stopHere?.();
    void worker.terminate();
  };
}

/** The same for a main thread that nothing blocks: it listens there, from this very moment on. */
export function onFirstSignalHere(heard: Hearer): () => void {
  const stop = () => {
    for (const signal of endingSignals) process.removeListener(signal, first);
  };
  const first = (signal: EndingSignal) => {
    stop();
    heard(signal);
  };
  for (const signal of endingSignals) process.on(signal, first);
  return stop;
}

/** Node's `process.on` hears signals in the main thread only; what it stands on works in any. */
const listener = `
  process.noDeprecation = true;
  const { parentPort, workerData } = require("node:worker_threads");
  const { Signal } = process.binding("signal_wrap");
  const listening = workerData.map(([name, number]) => {
    const signal = new Signal();
    signal.onsignal = () => {
      for (const one of listening) one.close();
      parentPort.postMessage(name);
    };
    if (signal.start(number) !== 0) throw new Error(name + " can't be heard here");
    return signal;
  });
`;
