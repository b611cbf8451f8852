import type { ComponentChildren, JSX } from 'preact'
import { Icon, type IconName } from './icon.js'

/** What a badge means at a glance. */
export type Tone = 'good' | 'bad' | 'warning' | 'neutral' | 'accent'

const ICONS: Readonly<Record<Tone, IconName | undefined>> = {
  good: 'good',
  bad: 'bad',
  warning: 'warning',
  neutral: undefined,
  accent: undefined,
}

interface BadgeProps {
  readonly tone?: Tone
  /** In place of the one of the tone. */
  readonly icon?: IconName
  readonly children: ComponentChildren
}

/** A word on the state of something: with a picture, since not everybody tells colours apart. */
export function Badge({ tone = 'neutral', icon, children }: BadgeProps): JSX.Element {
  const name = icon ?? ICONS[tone]
  return (
    <span class={`badge ${tone}`}>
      {name && <Icon name={name} />}
      {children}
    </span>
  )
}
