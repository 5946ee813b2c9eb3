/** Golden cases that wait for a part that this project does not have yet, each with the reason that is printed. */
export const notBuiltYet = {
  vectorGroups: { "bradley-terry": "training of reward models is not built yet" } as Readonly<Record<string, string>>,
};
