/** Golden cases that wait for a part that this project does not have yet, each with the reason that is printed. */
export const notBuiltYet = {
  vectorGroups: { "bradley-terry": "training of reward models is not built yet" } as Readonly<Record<string, string>>,
  modelTypes: { llama: "the Llama family is not built yet" } as Readonly<Record<string, string>>,
  adapter: "LoRA is not built yet",
  smollm2: "the Llama family and GGUF files are not built yet",
};
