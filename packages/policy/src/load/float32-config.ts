type Config = Readonly<Record<string, unknown>>;

/** How configurations name PyTorch's types of floating-point numbers. */
const torchFloat = /^(torch\.)?(b?float\d+|half|float|double)$/;

/**
 * A model's configuration beside weights in float32: `torch_dtype`, which version 4 of transformers reads, and `dtype`, which version 5 reads first,
 * say so wherever they stand, also in a configuration within it. Otherwise a trained model would be loaded in the type of the one that it was made
 * of, and small updates rounded away.
 */
export function float32Config(config: Config): Config {
  return { ...within(config), torch_dtype: "float32", ...(Object.hasOwn(config, "dtype") && { dtype: "float32" }) };
}

function within(config: Config): Config {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return [name, within(value as Config)];
      const isDtype = (name === "dtype" || name === "torch_dtype") && typeof value === "string" && torchFloat.test(value);
      return [name, isDtype ? "float32" : value];
    }),
  );
}
