/** Events that wait for a client that reads slowly; with more it has to begin anew. */
export const MOST_WAITING = 1000

/** Where events go: the response, for one. */
export interface EventSink {
  /** @returns false when it cannot take more before it has drained */
  write(text: string): boolean
  end(): void
}

/** One event in the form of the HTML standard, section 9.2.6 (Server-sent events). */
function textOf(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`
}

/** Events on their way to one client. Of what waits, a newer event about the same thing takes the place of the older one. */
export class EventOutlet {
  private readonly sink: EventSink
  private readonly waiting = new Map<string, string>()
  private isBlocked = false
  private isEnded = false

  constructor(sink: EventSink) {
    this.sink = sink
  }

  /**
   * @param about what the event is about, among those of its name
   * @param json on one line
   */
  send(name: string, about: string, json: string): void {
    this.put(`${name} ${about}`, textOf(name, json))
  }

  /** Keeps the connection from looking dead. */
  beat(): void {
    this.put('', ': \n\n')
  }

  /** The client has read what it was sent. */
  drained(): void {
    this.isBlocked = false
    for (const [key, text] of this.waiting) {
      if (this.isBlocked || this.isEnded) return
      this.waiting.delete(key)
      this.isBlocked = !this.sink.write(text)
    }
  }

  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.waiting.clear()
    this.sink.end()
  }

  private put(key: string, text: string): void {
    if (this.isEnded) return
    if (!this.isBlocked) {
      this.isBlocked = !this.sink.write(text)
      return
    }
    this.waiting.set(key, text)
    if (this.waiting.size > MOST_WAITING) this.end()
  }
}
