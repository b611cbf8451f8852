import type { ComponentChildren, JSX } from 'preact'
import { ApiError, UnreachableError } from '../api/api-error.js'
import { Button } from './button.js'
import { Icon } from './icon.js'

/** While something is fetched for the first time. */
export function Loading({ what }: { readonly what: string }): JSX.Element {
  return (
    <p class="state loading" role="status">
      <span class="spinner" aria-hidden="true" /> Loading {what} …
    </p>
  )
}

interface EmptyProps {
  readonly title: string
  /** What one could do about it. */
  readonly children?: ComponentChildren
}

/** Where there could be something, and is not yet. */
export function Empty({ title, children }: EmptyProps): JSX.Element {
  return (
    <div class="state empty">
      <p class="state-title">{title}</p>
      {children}
    </div>
  )
}

function headline(error: Error): string {
  if (error instanceof UnreachableError) return 'No connection'
  if (error instanceof ApiError && error.status === 403) return 'Not allowed'
  if (error instanceof ApiError && error.status === 404) return 'Not found'
  return 'That did not work'
}

/** What failed, why, and the way to try again. */
export function ErrorState(props: {
  readonly error: Error
  readonly retry?: () => void
}): JSX.Element {
  return (
    <div class="state failed" role="alert">
      <p class="state-title">
        <Icon name="warning" /> {headline(props.error)}
      </p>
      <p>{props.error.message}</p>
      {props.retry && <Button onClick={props.retry}>Try again</Button>}
    </div>
  )
}

/** A word on something wrong or noteworthy, in the flow of a page. */
export function Notice(props: {
  readonly tone?: 'neutral' | 'bad' | 'warning'
  readonly children: ComponentChildren
}): JSX.Element {
  const { tone = 'neutral', children } = props
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      {tone !== 'neutral' && <Icon name="warning" />}
      <div>{children}</div>
    </div>
  )
}
