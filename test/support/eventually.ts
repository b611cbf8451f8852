const DEADLINE_MS = 20_000
const POLL_MS = 50

/**
 * Resolves when `holds` does; asks for it over and over.
 * @param what for people
 */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  withinMs = DEADLINE_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
