import { type NativeOps, nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { wrongBackend } from "./error.ts";
import type { MomentStore } from "./moment-store.ts";

const float = { type: "float32" } as const;

interface Variables {
  readonly value: tf.Tensor;
  readonly expAvg: tf.Tensor;
  readonly expAvgSq: tf.Tensor;
}

/**
 * Moments as TensorFlow's resource variables, updated in place together with the weight by one `ResourceApplyAdam`: for GPUs, and where
 * tfjs-node has none of our own kernels.
 *
 * TensorFlow adds epsilon before the bias correction, PyTorch after it: epsilon·√(1 − β2ᵗ) makes them equal. The weight's variable
 * shares its storage with the parameter's tensor; only while no tensor holds it (Parameter.replace) does TensorFlow write into it,
 * otherwise it writes a copy.
 */
export function nativeMoments(): MomentStore {
  // Variables are known by name in the whole process: each store has names of its own.
  const id = crypto.randomUUID();
  const variables = new Map<string, Variables>();
  return {
    add(name, shape, initial) {
      const variable = (role: string) => {
        const names = { shared_name: { string: `${id}/${name}/${role}` }, container: { string: "" } };
        return tf.keep(active().run("VarHandleOp", { dtype: float, shape: { shape }, ...names }, []));
      };
      const own = { value: variable("value"), expAvg: variable("expAvg"), expAvgSq: variable("expAvgSq") };
      variables.set(name, own);
      tf.tidy(() => {
        const start = (values?: Float32Array) => (values === undefined ? tf.fill([...shape], 0) : tf.tensor(values, [...shape]));
        assign(own.expAvg, start(initial?.expAvg));
        assign(own.expAvgSq, start(initial?.expAvgSq));
      });
    },
    apply(weights, { learningRate, beta1, beta2, epsilon, weightDecay, scale, step }) {
      const native = active();
      const attributes = { T: float, use_locking: { bool: false }, use_nesterov: { bool: false } };
      // TensorFlow averages with the float32 nearest to each beta: the bias corrections go by the same.
      const [power1, power2] = [Math.fround(beta1) ** step, Math.fround(beta2) ** step];
      const numbers = [power1, power2, learningRate, beta1, beta2, epsilon * Math.sqrt(1 - power2)];
      tf.tidy(() => {
        const scalars = numbers.map((number) => tf.scalar(number));
        for (const { parameter, gradient } of weights)
          tf.tidy(() => {
            const { value, expAvg, expAvgSq } = variables.get(parameter.name)!;
            assign(value, weightDecay === 0 ? parameter.value : tf.mul(parameter.value, 1 - learningRate * weightDecay));
            const scaled = scale === 1 ? gradient : tf.mul(gradient, scale);
            parameter.replace(() => {
              native.runMany("ResourceApplyAdam", attributes, [value, expAvg, expAvgSq, ...scalars, scaled], 0);
              return read(value);
            });
          });
      });
    },
    async read(name) {
      const { expAvg, expAvgSq } = variables.get(name)!;
      return { expAvg: await numbersOf(expAvg), expAvgSq: await numbersOf(expAvgSq) };
    },
    dispose() {
      for (const own of variables.values())
        for (const variable of [own.value, own.expAvg, own.expAvgSq]) {
          active().runMany("DestroyResourceOp", { ignore_lookup_error: { bool: true } }, [variable], 0);
          variable.dispose();
        }
    },
  };
}

function active(): NativeOps {
  const native = nativeOps();
  if (native === undefined) throw wrongBackend();
  return native;
}

function assign(variable: tf.Tensor, tensor: tf.Tensor): void {
  active().runMany("AssignVariableOp", { dtype: float }, [variable, tensor], 0);
}

function read(variable: tf.Tensor): tf.Tensor {
  return active().run("ReadVariableOp", { dtype: float }, [variable]);
}

async function numbersOf(variable: tf.Tensor): Promise<Float32Array> {
  const tensor = read(variable);
  const numbers = await tensor.data<"float32">();
  tensor.dispose();
  return numbers;
}
