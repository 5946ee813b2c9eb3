// Runs one ONNX Runtime session in a thread of its own: onnxruntime-node's run() blocks the thread that calls it, and the main thread is
// where TensorFlow.js works. Plain JavaScript, so that it runs the same from the source and from the built package.
import { parentPort, workerData } from "node:worker_threads";

const { runtime, path, sessionOptions } = workerData;

async function open() {
  let loaded;
  try {
    loaded = await import(runtime);
  } catch (error) {
    parentPort.postMessage({ runtimeFailure: error.message });
    return {};
  }
  const { InferenceSession, Tensor } = loaded;
  try {
    const session = await InferenceSession.create(path, sessionOptions);
    parentPort.postMessage({ inputs: session.inputMetadata, outputs: session.outputMetadata });
    return { session, Tensor };
  } catch (error) {
    parentPort.postMessage({ failure: error.message });
    return {};
  }
}

const { session, Tensor } = await open();

async function answer({ run, release }) {
  if (release) {
    await session?.release();
    parentPort.close();
    return;
  }
  try {
    const feeds = Object.fromEntries(run.feeds.map(({ name, type, data, shape }) => [name, new Tensor(type, data, shape)]));
    const { [run.output]: result } = await session.run(feeds, [run.output]);
    parentPort.postMessage({ id: run.id, type: result.type, data: result.data, shape: result.dims });
  } catch (error) {
    parentPort.postMessage({ id: run.id, failure: error.message });
  }
}

// One after the other, so that the session is released only when the runs before are done.
let previous = Promise.resolve();
parentPort.on("message", (message) => {
  previous = previous.then(() => answer(message));
});
