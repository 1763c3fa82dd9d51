/**
 * What was kept recently, never more than so much of it: for what can be read again and is verified where it is used, such as rows and states by their
 * version. In two generations, the older of which is forgotten whole: an order of use would cost each `keep` more than what it saves.
 */
export class Recent<Value> {
  readonly #mostOfOne: number;
  readonly #weightOf: (value: Value) => number;
  #young = new Map<string, Value>();
  #weight = 0;
  #old = new Map<string, Value>();

  /** The last `most / 2` are certainly kept. `weightOf` counts towards `most`; one each when absent. */
  constructor(most: number, weightOf: (value: Value) => number = () => 1) {
    this.#mostOfOne = most / 2;
    this.#weightOf = weightOf;
  }

  get(key: string): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Keeps it in the place of what was kept under this key; not at all when it alone weighs more than half of what may be kept. */
  keep(key: string, value: Value): void {
    const before = this.#young.get(key);
    const weight = this.#weight + this.#weightOf(value) - (before === undefined ? 0 : this.#weightOf(before));
    if (weight <= this.#mostOfOne) {
      this.#young.set(key, value);
      this.#weight = weight;
      return;
    }
    this.forget(key);
    if (this.#weightOf(value) > this.#mostOfOne) return;
    this.#old = this.#young;
    this.#young = new Map([[key, value]]);
    this.#weight = this.#weightOf(value);
  }

  forget(key: string): void {
    const value = this.#young.get(key);
    if (value !== undefined) this.#weight -= this.#weightOf(value);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#weight = 0;
  }
}
