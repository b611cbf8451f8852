import { effect, signal } from '@preact/signals'

/** `system` is what the browser asks for. */
export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'pointsman.theme'

function kept(): Theme {
  const value = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === value) ?? 'system'
}

/** The colours that were chosen; kept in this browser. */
export const theme = signal<Theme>(kept())

/** Lets the page follow `theme` from now on. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    localStorage.setItem(KEY, theme.value)
  })
}
