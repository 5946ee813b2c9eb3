/**
 * A float whatever its value, as Python's `1.0`, which JavaScript's numbers can't tell from `1`: a chat template prints it with its point.
 *
 * @example
 * JSON.stringify({ temperature: new PythonFloat(1) }); // '{"temperature":1}'
 */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toJSON(): number {
    return this.value;
  }
}
