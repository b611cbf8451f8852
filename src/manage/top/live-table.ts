import type { ReadStream, WriteStream } from 'node:tty'
import type { StatusView } from '../status.js'
import { frameLines, mostScrolled, screenful } from './frame.js'
import { askStatus } from './status-client.js'

const REFRESH_MS = 1000

const SHOW_OTHER_SCREEN = '\x1b[?1049h\x1b[?25l'
const SHOW_FIRST_SCREEN = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const CTRL_C = '\x03'
const ESCAPE = '\x1b'

/** Each key of what comes in: a sequence after an escape, or one character. */
const KEYS = new RegExp(`${ESCAPE}[[O][\\d;]*[A-Z~]|.`, 'gsu')

/** What a key that scrolls adds to the place, in rows or in screens. */
const SCROLL_KEYS: Readonly<Record<string, readonly [rows: number, screens: number]>> = {
  '\x1b[A': [-1, 0],
  '\x1b[B': [1, 0],
  k: [-1, 0],
  j: [1, 0],
  '\x1b[5~': [0, -1],
  '\x1b[6~': [0, 1],
}

/** A terminal that somebody sits at. */
export interface Terminal {
  readonly stdin: Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'pause'>
  readonly stdout: Pick<
    WriteStream,
    'isTTY' | 'columns' | 'rows' | 'hasColors' | 'write' | 'on' | 'off'
  >
}

/** The status of a service on the whole terminal, anew every second. */
export class LiveTable {
  private readonly service: URL
  private readonly token: string | undefined
  private readonly terminal: Terminal
  private status: StatusView
  private heardAt = Date.now()
  private reason: string | undefined
  private scrolled = 0
  private timer: NodeJS.Timeout | undefined
  private hasEnded = false
  private resolve: () => void = () => undefined

  /** @param status the first that was heard */
  constructor(service: URL, status: StatusView, terminal: Terminal, token?: string) {
    this.service = service
    this.token = token
    this.status = status
    this.terminal = terminal
  }

  /** Resolves when somebody wants to see no more; the terminal is as it was before. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.resolve = resolve))
    this.begin()
    try {
      await ended
    } finally {
      this.restore()
    }
  }

  private begin(): void {
    const { stdin, stdout } = this.terminal
    for (const signal of END_SIGNALS) process.on(signal, this.end)
    if (stdin.isTTY) {
      stdin.setRawMode(true)
      stdin.on('data', this.takeKeys)
    }
    stdout.on('resize', this.draw)
    stdout.on('error', this.end)
    stdout.write(SHOW_OTHER_SCREEN)
    this.draw()
    this.schedule()
  }

  private restore(): void {
    const { stdin, stdout } = this.terminal
    clearTimeout(this.timer)
    for (const signal of END_SIGNALS) process.off(signal, this.end)
    stdout.off('resize', this.draw)
    stdout.write(SHOW_FIRST_SCREEN)
    if (!stdin.isTTY) return
    stdin.off('data', this.takeKeys)
    stdin.setRawMode(false)
    stdin.pause()
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.refresh(), REFRESH_MS)
  }

  private async refresh(): Promise<void> {
    try {
      this.status = await askStatus(this.service, this.token)
      this.heardAt = Date.now()
      this.reason = undefined
    } catch (error) {
      this.reason = error instanceof Error ? error.message : String(error)
    }
    if (this.hasEnded) return
    this.draw()
    this.schedule()
  }

  private readonly end = (): void => {
    this.hasEnded = true
    this.resolve()
  }

  private readonly draw = (): void => {
    const { columns: width, rows: height } = this.terminal.stdout
    const { status, reason } = this
    const seconds = (Date.now() - this.heardAt) / 1000
    const silence = reason === undefined ? undefined : { reason, seconds }
    this.scrolled = Math.min(this.scrolled, mostScrolled(status, height))
    const hasColors = this.terminal.stdout.hasColors()
    const lines = frameLines(
      { status, silence, scrolled: this.scrolled },
      { width, height, hasColors },
    )
    // In one piece, and over what is there, so that nothing flickers.
    this.terminal.stdout.write(HOME + lines.join(`${CLEAR_LINE}\r\n`) + CLEAR_LINE + CLEAR_BELOW)
  }

  private readonly takeKeys = (input: Buffer): void => {
    for (const [key] of input.toString().matchAll(KEYS)) {
      if (key === 'q' || key === 'Q' || key === CTRL_C) {
        this.end()
        return
      }
      // Some terminals say O for [.
      const [rows, screens] = SCROLL_KEYS[key.replace(`${ESCAPE}O`, `${ESCAPE}[`)] ?? [0, 0]
      const { rows: height } = this.terminal.stdout
      const place = this.scrolled + rows + screens * screenful(height)
      this.scrolled = Math.min(Math.max(0, place), mostScrolled(this.status, height))
    }
    this.draw()
  }
}
