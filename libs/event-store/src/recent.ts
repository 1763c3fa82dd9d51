const GENERATIONS = 8;

/**
 * What was kept recently, never more than so much of it: for what can be read again and is verified where it is used, such as rows and states by their
 * version. In generations, the oldest of which is forgotten whole: an order of use would cost each `keep` twice as much (0.25 us for 0.12). Eight, as a
 * process that forgets half at once holds now half of it, now all, and its heap goes up and down by as much again.
 */
export class Recent<Value> {
  readonly #mostOfOne: number;
  readonly #weightOf: (value: Value) => number;
  /** The youngest first. */
  #generations: Map<string, Value>[] = [new Map()];
  /** Of the youngest. */
  #weight = 0;

  /** The last seven eighths of `most` are certainly kept. `weightOf` counts towards `most`; one each when absent. */
  constructor(most: number, weightOf: (value: Value) => number = () => 1) {
    this.#mostOfOne = most / GENERATIONS;
    this.#weightOf = weightOf;
  }

  get(key: string): Value | undefined {
    for (const generation of this.#generations) {
      const value = generation.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Keeps it in the place of what was kept under this key; not at all when it alone weighs more than an eighth of what may be kept. */
  keep(key: string, value: Value): void {
    const young = this.#generations[0] as Map<string, Value>;
    const before = young.get(key);
    const weight = this.#weight + this.#weightOf(value) - (before === undefined ? 0 : this.#weightOf(before));
    if (weight <= this.#mostOfOne) {
      young.set(key, value);
      this.#weight = weight;
      return;
    }
    this.forget(key);
    if (this.#weightOf(value) > this.#mostOfOne) return;
    this.#generations = [new Map([[key, value]]), ...this.#generations.slice(0, GENERATIONS - 1)];
    this.#weight = this.#weightOf(value);
  }

  forget(key: string): void {
    const value = this.#generations[0]?.get(key);
    if (value !== undefined) this.#weight -= this.#weightOf(value);
    for (const generation of this.#generations) generation.delete(key);
  }

  clear(): void {
    this.#generations = [new Map()];
    this.#weight = 0;
  }
}
