// A wait that can be cut short, also by a call that came before it.
export class Wakeup {
  #woken = false;
  #wake: () => void = () => {};

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Forgets a call that came before. */
  forget(): void {
    this.#woken = false;
  }

  /** Resolves after so many ms or when woken; at once when it was woken since the last wait. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = () => {};
        this.#woken = false;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
      if (this.#woken) done();
    });
  }
}
