import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface Crumb {
  readonly title: string
  readonly href: string
}

interface PageHeaderProps {
  readonly title: string
  /** What the page is about, in a sentence. */
  readonly lead?: ComponentChildren
  /** The way here. */
  readonly crumbs?: readonly Crumb[]
  /** Buttons for the page as a whole. */
  readonly children?: ComponentChildren
}

let pagesShown = 0

/** The one `h1` of a page: it names the tab, and gets the focus when one has come here by a link. */
export function PageHeader({ title, lead, crumbs = [], children }: PageHeaderProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Pointsman`
  }, [title])
  useEffect(() => {
    pagesShown += 1
    if (pagesShown > 1) heading.current?.focus()
  }, [])
  return (
    <header class="page-header">
      <div class="page-header-text">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumb">
            <ol class="crumbs">
              {crumbs.map((crumb) => (
                <li key={crumb.href}>
                  <a href={crumb.href}>{crumb.title}</a>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
      {children !== undefined && <div class="page-actions">{children}</div>}
    </header>
  )
}
