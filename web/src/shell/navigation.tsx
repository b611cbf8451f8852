import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { linkTo, route } from '../router/route.js'
import { may } from '../state/session.js'
import { SECTIONS, type Section } from './sections.js'

/** Whether it is shown where there is no room for it beside the page. */
export const isMenuOpen = signal(false)

function SectionLink({ section }: { readonly section: Section }): JSX.Element {
  const { segment, title } = section
  const here = route.value.segments[0] ?? 'overview'
  return (
    <li>
      <a
        href={linkTo([segment])}
        aria-current={here === segment ? 'page' : undefined}
        onClick={() => (isMenuOpen.value = false)}
      >
        {title}
      </a>
    </li>
  )
}

/** The ways to the sections that one may see. */
export function Navigation(): JSX.Element {
  const groups = SECTIONS.map((group) => group.filter(({ role }) => !role || may(role, '*')))
  return (
    <nav
      id="navigation"
      class={isMenuOpen.value ? 'navigation open' : 'navigation'}
      aria-label="Main"
    >
      {groups
        .filter((group) => group.length > 0)
        .map((group) => (
          <ul key={group[0]?.segment}>
            {group.map((section) => (
              <SectionLink key={section.segment} section={section} />
            ))}
          </ul>
        ))}
    </nav>
  )
}
