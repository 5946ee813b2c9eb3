/** What a pickle may hold here. A dict, and an instance by its attributes, is a Map. */
export type Unpickled = string | number | boolean | null | Named | readonly Unpickled[] | Map<Unpickled, Unpickled>;

/** A class or function that a pickle names, as "module name". Nothing is looked up, and nothing is called. */
class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An opening bracket on the stack. */
const mark = Symbol("mark");

/**
 * Reads a pickle of protocol 2 or 3 that holds strings, whole numbers, truth values, None, tuples and dicts, without running anything. Where
 * a class makes an instance, its name must be among `classes`, and the instance is a Map of its attributes or entries.
 *
 * @throws Error on any other opcode or class, and where the bytes end early.
 */
export function readPickle(bytes: Uint8Array, { classes }: { readonly classes: readonly string[] }): Unpickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }); // which keeps it: "\ufeffwould" is another word than "would"
  const stack: (Unpickled | typeof mark)[] = [];
  const memo: Unpickled[] = [];
  let at = 0;

  const pop = (): Unpickled => {
    const value = stack.pop();
    if (value === undefined || value === mark) throw new Error(`no pickle: nothing on the stack at byte ${at}`);
    return value;
  };
  const remember = (index: number) => {
    const value = pop();
    memo[index] = value;
    stack.push(value);
  };
  const remembered = (index: number): Unpickled => {
    const value = memo[index];
    if (value === undefined) throw new Error(`no pickle: nothing is remembered by ${index} at byte ${at}`);
    return value;
  };
  const popMap = (): Map<Unpickled, Unpickled> => {
    const value = pop();
    if (!(value instanceof Map)) throw new Error(`no pickle that is read here: entries or attributes of no dict or instance at byte ${at}`);
    return value;
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error(`no whole pickle: it ends at byte ${bytes.length}`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (length: 1 | 2 | 4): number => {
    take(length);
    if (length === 1) return view.getUint8(at - 1);
    return length === 2 ? view.getUint16(at - 2, true) : view.getInt32(at - 4, true);
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    const found = text.decode(take((end === -1 ? bytes.length : end) - at));
    take(1);
    return found;
  };
  const makeInstance = (): Unpickled => {
    pop(); // the arguments: of a defaultdict the type of its missing values
    const made = pop();
    if (made instanceof Named && classes.includes(made.name)) return new Map();
    throw new Error(`a pickle that makes ${made instanceof Named ? made.name : typeof made}: only ${classes.join(", ")} are read here`);
  };
  const setItems = () => {
    const start = stack.lastIndexOf(mark);
    if (start === -1) throw new Error(`no pickle: entries without a mark at byte ${at}`);
    const items = stack.splice(start).slice(1) as Unpickled[];
    const dict = popMap();
    for (let index = 0; index + 1 < items.length; index += 2) dict.set(items[index]!, items[index + 1]!);
    stack.push(dict);
  };

  for (;;) {
    const opcode = String.fromCharCode(number(1));
    if (opcode === ".") return pop();
    else if (opcode === "\x80") number(1);
    else if (opcode === "c") stack.push(new Named(`${line()} ${line()}`));
    else if (opcode === "q") remember(number(1));
    else if (opcode === "r") remember(number(4));
    else if (opcode === "h") stack.push(remembered(number(1)));
    else if (opcode === "j") stack.push(remembered(number(4)));
    else if (opcode === "X") stack.push(text.decode(take(number(4))));
    else if (opcode === "K") stack.push(number(1));
    else if (opcode === "M") stack.push(number(2));
    else if (opcode === "J") stack.push(number(4));
    else if (opcode === "N") stack.push(null);
    else if (opcode === "\x88") stack.push(true);
    else if (opcode === "\x89") stack.push(false);
    else if (opcode === ")") stack.push([]);
    else if (opcode === "\x85") stack.push([pop()]);
    else if (opcode === "}") stack.push(new Map());
    else if (opcode === "(") stack.push(mark);
    else if (opcode === "u") setItems();
    else if (opcode === "R" || opcode === "\x81") stack.push(makeInstance());
    else if (opcode === "b") {
      const attributes = popMap();
      const instance = popMap();
      for (const [name, value] of attributes) instance.set(name, value);
      stack.push(instance);
    } else throw new Error(`a pickle with opcode 0x${opcode.charCodeAt(0).toString(16)} at byte ${at - 1}, which is not read here`);
  }
}
