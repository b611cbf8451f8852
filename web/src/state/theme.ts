import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'

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

const query = matchMedia('(prefers-color-scheme: dark)')
const isSystemDark = signal(query.matches)
query.addEventListener('change', ({ matches }) => (isSystemDark.value = matches))

/** Whether the page is dark. */
export const isDark: ReadonlySignal<boolean> = computed(
  () => theme.value === 'dark' || (theme.value === 'system' && isSystemDark.value),
)

/** Lets the page follow `theme` from now on. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    localStorage.setItem(KEY, theme.value)
  })
}
