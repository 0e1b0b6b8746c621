// Choices from one seeded stream of randomness.
import { randomHex, randomStream, randomUuid } from '../flint/random.ts'

export class Dice {
  readonly #random: () => number

  constructor(seed: string) {
    this.#random = randomStream(seed)
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.#random() < probability
  }

  /** Throws on an empty list. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[this.whole(0, list.length - 1)]
    if (chosen === undefined) throw new Error('Nothing to pick from')
    return chosen
  }

  shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((value) => ({ value, key: this.#random() }))
    return keyed.sort((left, right) => left.key - right.key).map((entry) => entry.value)
  }

  hex(bytes: number): string {
    return randomHex(this.#random, bytes)
  }

  uuid(): string {
    return randomUuid(this.#random)
  }
}
