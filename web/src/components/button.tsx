import type { ComponentChildren, JSX } from 'preact'

interface ButtonProps {
  readonly children: ComponentChildren
  readonly onClick?: (event: MouseEvent) => void
  readonly tone?: 'plain' | 'primary' | 'danger' | 'quiet'
  readonly type?: 'button' | 'submit'
  readonly isSmall?: boolean
  readonly isDisabled?: boolean
  /** While what it began is under way it says so, and cannot be pressed again. */
  readonly isBusy?: boolean
  /** What screen readers say, where the text alone would be the same for many. */
  readonly label?: string
  readonly isPressed?: boolean
  readonly isExpanded?: boolean
  readonly controls?: string
}

/** A button. */
export function Button(props: ButtonProps): JSX.Element {
  const { tone = 'plain', isSmall = false, isBusy = false, isDisabled = false } = props
  return (
    <button
      type={props.type ?? 'button'}
      class={`button ${tone}${isSmall ? ' small' : ''}`}
      disabled={isDisabled || isBusy}
      onClick={props.onClick}
      aria-label={props.label}
      aria-busy={isBusy ? 'true' : undefined}
      aria-pressed={props.isPressed}
      aria-expanded={props.isExpanded}
      aria-controls={props.controls}
    >
      {isBusy && <span class="spinner" aria-hidden="true" />}
      {props.children}
    </button>
  )
}
