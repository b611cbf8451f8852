/** Lets the pages be there without the service from the next visit on; where the browser has no such thing, nothing happens. */
export function keepPages(): void {
  // Only where the connection is secure, or the service on this machine, do browsers have one.
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('./sw.js').catch(() => undefined)
}
