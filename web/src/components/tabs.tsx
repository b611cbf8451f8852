import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface Tab<T extends string> {
  readonly id: T
  readonly title: ComponentChildren
}

interface TabsProps<T extends string> {
  /** What the tabs are views of; for screen readers. */
  readonly label: string
  readonly tabs: readonly Tab<T>[]
  readonly current: T
  readonly onSelect: (id: T) => void
  /** What is shown of the current one. */
  readonly children: ComponentChildren
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Views of one thing, of which one is shown; arrow keys go from one to the next (ARIA Authoring Practices, tabs). */
export function Tabs<T extends string>(props: TabsProps<T>): JSX.Element {
  const { label, tabs, current, onSelect, children } = props
  const id = useId()
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.id === current)
    const next = tabs[STEPS[event.key]?.(at, tabs.length) ?? -1]
    if (!next) return
    event.preventDefault()
    onSelect(next.id)
    document.getElementById(`${id}-${next.id}`)?.focus()
  }
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={tab.id === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`}>
        {children}
      </div>
    </>
  )
}

interface TabLink {
  readonly href: string
  readonly title: ComponentChildren
  readonly isCurrent: boolean
}

/** Where there is no room for all of them, the one that one is on is to be seen; the page stays where it is. */
function showCurrent(nav: HTMLElement): void {
  const link = nav.querySelector('[aria-current]')?.getBoundingClientRect()
  const { left, right } = nav.getBoundingClientRect()
  if (!link) return
  nav.scrollLeft += Math.min(0, link.left - left) + Math.max(0, link.right - right)
}

/** Pages that belong together, as links that look like tabs. */
export function TabLinks(props: {
  readonly label: string
  readonly links: readonly TabLink[]
}): JSX.Element {
  const nav = useRef<HTMLElement>(null)
  const current = props.links.find(({ isCurrent }) => isCurrent)?.href
  useEffect(() => {
    const show = (): void => {
      if (nav.current) showCurrent(nav.current)
    }
    show()
    // A telephone is turned.
    addEventListener('resize', show)
    return () => removeEventListener('resize', show)
  }, [current])
  return (
    <nav ref={nav} class="tabs" aria-label={props.label}>
      {props.links.map(({ href, title, isCurrent }) => (
        <a key={href} href={href} aria-current={isCurrent ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  )
}
