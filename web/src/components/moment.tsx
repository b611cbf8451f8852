import type { JSX } from 'preact'
import { duration } from './amounts.js'

// Sweden writes dates as ISO 8601 has them: everybody reads them alike, and they line up in columns.
const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' })

interface MomentProps {
  /** ISO 8601; null for never. */
  readonly at: string | null
  /** Wall time in ms for `3 min ago`; without it the date stands there. */
  readonly now?: number
}

/** A point in time, in the reader's zone; the exact one is told when one points at it. */
export function Moment({ at, now }: MomentProps): JSX.Element {
  if (at === null) return <span class="soft">never</span>
  const date = new Date(at)
  const exact = format.format(date)
  return (
    <time class="moment" dateTime={at} title={exact}>
      {now === undefined ? exact : `${duration((now - date.getTime()) / 1000)} ago`}
    </time>
  )
}
