import type { JSX } from 'preact'

interface ProblemListProps {
  /** Each with the place that it is about; empty for all of a document. */
  readonly problems: readonly { readonly path: string; readonly message: string }[]
}

/** What is wrong, and where. */
export function ProblemList({ problems }: ProblemListProps): JSX.Element {
  return (
    <ul>
      {problems.map(({ path, message }) => (
        <li key={path + message}>
          <code>{path || '/'}</code> {message}
        </li>
      ))}
    </ul>
  )
}
