/** What can be kept: it knows how large it is. */
export interface Sized {
  readonly sizeBytes: number
}

interface Entry<V> {
  readonly value: V
  wasUsed: boolean
}

/**
 * Keeps what was used, within bounds of number and size: what was not since it had the chance to go last goes first
 * ("second chance", Corbato 1968). A use costs no more than a mark; to order the entries anew each time took longer than all
 * else that is done for an answer.
 */
export class BoundedCache<V extends Sized> {
  /** The next to go first: a map tells its entries in the order in which they were set. */
  private readonly entries = new Map<string, Entry<V>>()
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
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    entry.wasUsed = true
    return entry.value
  }

  /** Keeps `value` in the place of what was under the key, if there can be room for it. */
  set(key: string, value: V): void {
    this.delete(key)
    if (value.sizeBytes > this.mostBytes) return
    this.makeRoomFor(value.sizeBytes)
    this.entries.set(key, { value, wasUsed: false })
    this.bytes += value.sizeBytes
  }

  delete(key: string): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    this.entries.delete(key)
    this.bytes -= entry.value.sizeBytes
  }

  private makeRoomFor(bytes: number): void {
    // The map goes on to those that are put behind the others meanwhile: it ends, for they are marked no more.
    for (const [key, entry] of this.entries) {
      if (this.entries.size < this.mostEntries && this.bytes + bytes <= this.mostBytes) return
      if (entry.wasUsed) {
        entry.wasUsed = false
        this.entries.delete(key)
        this.entries.set(key, entry)
      } else this.delete(key)
    }
  }
}
