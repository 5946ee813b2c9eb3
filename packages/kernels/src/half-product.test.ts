import { expect, test } from "vitest";
import { shaderInHalves } from "./half-product.ts";
import { shaderCode } from "./shader-code.ts";

const dawn = await import("webgpu").catch((error: Error) => error);
const reason = dawn instanceof Error ? ` (${dawn.message.split("\n")[0]})` : "";

/** What Dawn's compiler finds wrong with a shader, for a device that has everything and computes nothing. */
async function faultsOf(code: string): Promise<string[]> {
  if (dawn instanceof Error) throw dawn;
  const adapter = await dawn.create(["backend=null"]).requestAdapter();
  const device = await adapter!.requestDevice({ requiredFeatures: ["shader-f16"] });
  device.addEventListener("uncapturederror", (event) => event.preventDefault());
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  device.destroy();
  return messages.filter(({ type }) => type === "error").map(({ message }) => message);
}

test.skipIf(reason)(
  `the shader that computes in half precision compiles for Dawn, and would not without its directive${reason}`,
  async () => {
    const tensor = (dtype: string) => ({ dtype }) as never;
    const code = shaderCode(shaderInHalves, {
      reads: { x: tensor("float32"), halves: tensor("int32") },
      writes: { y: tensor("float32") },
      numbers: { rows: { u32: 1 }, size: { u32: 1 }, columns: { u32: 1 }, pairs: { u32: 1 } },
    });
    expect(await faultsOf(code)).toEqual([]);
    expect(await faultsOf(code.replace("enable f16;", ""))).toEqual([expect.stringContaining("f16")]);
  },
);
