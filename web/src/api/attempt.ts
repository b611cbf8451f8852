const KEY_BYTES = 16

/**
 * What the service tells one attempt from others by: what is sent again with the same is done once. Other than
 * `crypto.randomUUID` it is there without HTTPS, too.
 */
export function newAttempt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
