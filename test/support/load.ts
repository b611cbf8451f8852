import type { Test } from 'tap'
import { value } from './http-message.js'
import { dial, type RawClient } from './raw.js'

/** What to send, and how. */
export interface LoadOptions {
  readonly port: number
  /** Connections at a time, each with one request under way. */
  readonly clients: number
  readonly request: string
}

/** Clients that ask again as soon as they have an answer, on connections that they keep as long as they may. */
export class Load {
  /** How often each status came. */
  readonly statuses = new Map<number, number>()
  /** Requests that were sent and got no whole response, with the reason. */
  readonly lost: string[] = []
  /** Connections that were opened, and ended before anything was answered on them. */
  unserved = 0
  /** Answers that announced the end of their connection. */
  closing = 0
  /** Resolves when every client has ended: after `stop`, or when no connection is accepted any more. */
  readonly ended: Promise<unknown>
  private readonly t: Test
  private readonly options: LoadOptions
  private stopped = false

  constructor(t: Test, options: LoadOptions) {
    this.t = t
    this.options = options
    this.ended = Promise.all(Array.from({ length: options.clients }, () => this.runClient()))
  }

  get answered(): number {
    return [...this.statuses.values()].reduce((sum, times) => sum + times, 0)
  }

  /** Resolves when so many more answers have come. */
  async more(answers: number): Promise<void> {
    const enough = this.answered + answers
    while (this.answered < enough) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** Lets the requests under way end. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.ended
  }

  private async runClient(): Promise<void> {
    while (!this.stopped) {
      const client = await dial(this.t, this.options.port).catch(() => undefined)
      if (!client) return
      let outcome = await this.ask(client)
      if (outcome === 'lost') this.unserved++
      while (outcome === 'again') outcome = await this.ask(client)
      client.socket.destroy()
    }
  }

  /** Asks once; `again` when the connection may and should be used again. */
  private async ask(client: RawClient): Promise<'again' | 'done' | 'lost'> {
    try {
      const { status, fields } = await client.ask(this.options.request)
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
      const closes = value(fields, 'connection')?.toLowerCase() === 'close'
      if (closes) this.closing++
      return closes || this.stopped ? 'done' : 'again'
    } catch (error) {
      this.lost.push(String(error))
      return 'lost'
    }
  }
}
