import { seeded } from '../support/seeded.js'

/** Each costs a turn of the event loop. */
const MAX_PIECES = 300

/** Chance in the forms it is needed in; the same seed gives the same run. */
export class Chance {
  private readonly random: () => number

  constructor(seed: number) {
    this.random = seeded(seed)
  }

  /** A whole number from 0 up to, but not including, `limit`. */
  upTo(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  happens(probability: number): boolean {
    return this.random() < probability
  }

  /** One of `items`, of which there are some. */
  of<T>(items: readonly T[]): T {
    // The index is within.
    return items[this.upTo(items.length)] as T
  }

  /** `text` in pieces, often only one. */
  cut(text: string): string[] {
    if (this.happens(0.5)) return [text]
    const pieces: string[] = []
    const most = this.of([1, 3, 20, 200])
    const least = Math.ceil(text.length / MAX_PIECES)
    for (let at = 0; at < text.length;) {
      const size = least + this.upTo(most)
      pieces.push(text.slice(at, at + size))
      at += size
    }
    return pieces
  }
}
