import type { StatusView } from '../status.js'
import { age } from './format.js'
import { statusTable, summary, type Drawing } from './table.js'

/** What is on the screen. */
export interface Scene {
  /** The latest that was heard. */
  readonly status: StatusView
  /** Why nothing newer was heard, and for how long. */
  readonly silence: { readonly reason: string; readonly seconds: number } | undefined
  /** Rows of the table that are above the screen. */
  readonly scrolled: number
}

/** A screen to be filled. */
export interface Frame extends Drawing {
  readonly height: number
}

/** Lines that are not of the table: the summary, one for what is wrong, the titles, and the keys. */
const OTHER_LINES = 4

/** How many rows of the table a screen has room for. */
export function screenful(height: number): number {
  return Math.max(1, height - OTHER_LINES)
}

/** How far a table can be scrolled until its end is on the screen. */
export function mostScrolled(status: StatusView, height: number): number {
  const rows = status.groups.reduce((sum, { targets }) => sum + 1 + targets.length, 0)
  return Math.max(0, rows - screenful(height))
}

function complaint({ status, silence }: Scene): string {
  if (silence) return `no news for ${age(silence.seconds)}: ${silence.reason}`
  return status.obstacles.length > 0 ? `not ready: ${status.obstacles.join('; ')}` : ''
}

/** The lines of a whole screen, no longer and no more than fit. */
export function frameLines(scene: Scene, { width, height, hasColors }: Frame): readonly string[] {
  const { status, scrolled } = scene
  const [titles = '', ...rows] = statusTable(status, { width, hasColors })
  const shown = rows.slice(scrolled, scrolled + screenful(height))
  const place =
    shown.length < rows.length
      ? ` · ${scrolled + 1}–${scrolled + shown.length} of ${rows.length} · ↑ ↓ PgUp PgDn`
      : ''
  const told = (text: string, style: string): string => {
    const fitting = Array.from(text).slice(0, width).join('')
    return hasColors && text !== '' ? `\x1b[${style}m${fitting}\x1b[0m` : fitting
  }
  const lines = [told(summary(status), '1'), told(complaint(scene), '31'), titles, ...shown]
  return [...lines, told(`q quit${place}`, '2')].slice(0, height)
}
