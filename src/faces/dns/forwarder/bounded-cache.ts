/** What can be kept: it knows how large it is. */
export interface Sized {
  readonly sizeBytes: number
}

/** Keeps what was used last, within bounds of number and size. */
export class BoundedCache<V extends Sized> {
  /** Used longest ago first: a map tells its entries in the order in which they were set. */
  private readonly entries = new Map<string, V>()
  private bytes = 0
  private readonly mostEntries: number
  private readonly mostBytes: number

  constructor(mostEntries: number, mostBytes: number) {
    this.mostEntries = mostEntries
    this.mostBytes = mostBytes
  }

  get size(): number {
    return this.entries.size
  }

  get sizeBytes(): number {
    return this.bytes
  }

  /** What is kept under a key, which counts as a use. */
  get(key: string): V | undefined {
    const value = this.entries.get(key)
    if (value === undefined) return undefined
    this.entries.delete(key)
    this.entries.set(key, value)
    return value
  }

  /** Keeps `value` in the place of what was under the key; what was used longest ago goes when there is no room. */
  set(key: string, value: V): void {
    this.delete(key)
    this.entries.set(key, value)
    this.bytes += value.sizeBytes
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.mostEntries && this.bytes <= this.mostBytes) return
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const value = this.entries.get(key)
    if (value === undefined) return
    this.entries.delete(key)
    this.bytes -= value.sizeBytes
  }
}
