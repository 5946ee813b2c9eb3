const inherited = Symbol.for("cai.errors");

/**
 * The base of every error that an @cai package throws on purpose.
 *
 * `code` is stable and meant for programs; `message` says what was given, what was expected and what to do.
 * A package derives one class, with a marker of its own: `isInstance` then works across copies of the package.
 *
 * @example
 * class GaeError extends CaiError {
 *   static override readonly marker = Symbol.for("@cai/gae");
 * }
 * try {
 *   throw new GaeError("shape-mismatch", "rewards has 3 numbers, shape [2, 2] wants 4: pass rows × columns numbers");
 * } catch (error) {
 *   if (GaeError.isInstance(error)) console.log(error.code); // shape-mismatch
 * }
 */
export class CaiError extends Error {
  static readonly marker: symbol = Symbol.for("@cai");
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    const markers: symbol[] = [];
    for (let type = new.target; type?.marker !== undefined; type = Object.getPrototypeOf(type)) markers.push(type.marker);
    Object.defineProperty(this, inherited, { value: markers });
  }

  /** True for an error of this class or of one derived from it, whichever copy of the package threw it. */
  static isInstance<Type extends typeof CaiError>(this: Type, value: unknown): value is InstanceType<Type> {
    const markers = (value as { [inherited]?: symbol[] } | null | undefined)?.[inherited];
    return Array.isArray(markers) && markers.includes(this.marker);
  }
}
