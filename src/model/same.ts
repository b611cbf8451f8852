function entriesSame(a: object, b: object): boolean {
  const entries = Object.entries(a).filter(([, value]) => value !== undefined)
  const others = new Map<string, unknown>(
    Object.entries(b).filter(([, value]) => value !== undefined),
  )
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => others.has(key) && isSame(value, others.get(key)))
  )
}

/** Whether two JSON values say the same; the order of keys means nothing, and a key that is undefined is none. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (!Array.isArray(a) || !Array.isArray(b))
    return !Array.isArray(a) && !Array.isArray(b) && entriesSame(a, b)
  return a.length === b.length && a.every((item, at) => isSame(item, b[at]))
}
