/** How long something has been so: `45s`, `12m 3s`, `3h 20m`, `2d 5h`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(whole / unit))
  if (days) return `${days}d ${(hours ?? 0) % 24}h`
  if (hours) return `${hours}h ${(minutes ?? 0) % 60}m`
  return minutes ? `${minutes}m ${whole % 60}s` : `${whole}s`
}

/** A number in few characters, as exact as it need be; `–` when there is none. */
export function figure(value: number | null): string {
  if (value === null) return '–'
  if (value === 0 || value >= 100) return String(Math.round(value))
  return value.toFixed(value < 10 ? 2 : 1)
}

/** Text that comes from elsewhere must not speak to the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}
