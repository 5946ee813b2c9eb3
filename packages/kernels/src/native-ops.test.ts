import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryPath } from "@cai/testing";
import { bestKernelLevel, kernelLevel, onBackends, onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { nativeOps } from "./native-ops.ts";

onBackends(["cpu", "wasm"], () => {
  test("there are no native operations", () => {
    expect(nativeOps()).toBeUndefined();
  });
});

onBackends(["tensorflow"], () => {
  test("an op runs by TensorFlow's own name, with one output or several", () => {
    const native = nativeOps()!;
    const x = tf.tensor1d([1, 4, 9]);
    expect([...native.run("Sqrt", { T: { type: "float32" } }, [x]).dataSync()]).toEqual([1, 2, 3]);
    const [values, indices] = native.runMany("TopKV2", { T: { type: "float32" }, sorted: { bool: true } }, [x, tf.scalar(2, "int32")], 2);
    expect([...values!.dataSync()]).toEqual([9, 4]);
    expect([...indices!.dataSync()]).toEqual([2, 1]);
  });

  test("an op that TensorFlow does not know is not there", () => {
    expect(nativeOps()!.has("CaiOfNoKind")).toBe(false);
  });

  test("a variable of TensorFlow's is made, assigned, read and destroyed", () => {
    const native = nativeOps()!;
    const dtype = { type: "float32" } as const;
    const variable = native.run(
      "VarHandleOp",
      { dtype, shape: { shape: [2] }, shared_name: { string: "native-ops.test" }, container: { string: "" } },
      [],
    );
    native.runMany("AssignVariableOp", { dtype }, [variable, tf.tensor1d([1, 2])], 0);
    expect([...native.run("ReadVariableOp", { dtype }, [variable]).dataSync()]).toEqual([1, 2]);
    native.runMany("DestroyResourceOp", { ignore_lookup_error: { bool: false } }, [variable], 0);
    expect(() => native.run("ReadVariableOp", { dtype }, [variable])).toThrow();
  });
});

onNativeKernels(() => {
  const sources = repositoryPath("packages/backend/src/native/kernels");
  const declared = readdirSync(sources)
    .filter((name) => name.endsWith(".cc"))
    .flatMap((name) =>
      [...readFileSync(join(sources, name), "utf8").matchAll(/Op<[\w<>]+> \w+\(\s*"(Cai\w+)"/g)].map((match) => match[1]!),
    );

  test("the level is the one asked for, or else the best that this processor has", () => {
    expect(kernelLevel).toBe(process.env.CAI_KERNELS || bestKernelLevel);
  });

  test("every kernel of the level is known, whatever inputs and attributes it wants: the lowest level has no product of its own", () => {
    expect(declared.length).toBeGreaterThan(30);
    const unknown = declared.filter((op) => !nativeOps()!.has(op as `Cai${string}`));
    expect(unknown).toEqual(kernelLevel === "baseline" ? ["CaiMatMul"] : []);
  });
});
