const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** A count, with its thousands apart. */
export function count(value: number): string {
  return whole.format(value)
}

/** With its noun: `1 target`, `2 targets`. */
export function counted(value: number, noun: string): string {
  return `${whole.format(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A rate, to three digits. */
export function rate(perSecond: number): string {
  return perSecond >= 1000 ? whole.format(Math.round(perSecond)) : short.format(perSecond)
}

/** Milliseconds with their unit; a dash for none. */
export function milliseconds(value: number | null): string {
  if (value === null) return '–'
  return `${value >= 1000 ? whole.format(Math.round(value)) : short.format(value)} ms`
}

/** Two of them, with one unit: `4.5 / 12 ms`; a dash for none. */
export function millisecondsPair(first: number | null, second: number | null): string {
  if (first === null || second === null) return '–'
  return `${short.format(first)} / ${milliseconds(second)}`
}

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const

/** A length of time by its two largest units: `1 d 2 h`. */
export function duration(seconds: number): string {
  const left = Math.max(0, Math.round(seconds))
  const first = UNITS.findIndex((unit) => left >= unit.seconds)
  if (first === -1) return '0 s'
  let rest = left
  const parts = UNITS.slice(first, first + 2).map(({ name, seconds: unit }) => {
    const amount = Math.floor(rest / unit)
    rest -= amount * unit
    return amount > 0 ? `${amount} ${name}` : ''
  })
  return parts.filter(Boolean).join(' ')
}
