import type { JSX } from 'preact'

const PATHS = {
  good: 'M3.5 8.5l3 3 6-7',
  bad: 'M4.5 4.5l7 7m0-7l-7 7',
  warning: 'M8 2.5l6 11H2z M8 7v3 M8 12v.01',
  paused: 'M6 4v8 M10 4v8',
  waiting: 'M8 4.5V8l2.5 1.5 M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  dot: 'M8 8v.01',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  close: 'M4 4l8 8m0-8l-8 8',
  chevron: 'M6 4l4 4-4 4',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z M8 1.5V3 M8 13v1.5 M1.5 8H3 M13 8h1.5 M3.4 3.4l1 1 M11.6 11.6l1 1 M12.6 3.4l-1 1 M4.4 11.6l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  system: 'M2 3h12v8H2z M6 13.5h4',
  plus: 'M8 3.5v9 M3.5 8h9',
  copy: 'M5.5 5.5h7v8h-7z M10.5 5.5v-3h-7v8h2',
} as const

/** The name of a picture. */
export type IconName = keyof typeof PATHS

/** A picture beside a text that says the same; screen readers pass it by. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
