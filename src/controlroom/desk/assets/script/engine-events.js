/** What every player can: `on("state", listener)` returns the way to stop listening. */
export class Emitter {
  #listeners = new Map();

  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(name, value) {
    for (const listener of this.#listeners.get(name) ?? []) listener(value);
  }
}

export const linear = (gain_db) => 10 ** ((gain_db ?? 0) / 20);
