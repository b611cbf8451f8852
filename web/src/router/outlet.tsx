import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ErrorState, Loading } from '../components/states.js'
import { PageHeader } from '../components/page-header.js'
import { matchRoute, route, type Route, type RouteParams } from './route.js'
import { SCREENS, type ScreenEntry, type ScreenProps } from './screens.js'

type Loaded = ComponentType<ScreenProps> | Error | undefined

const loaded = new Map<ScreenEntry, ComponentType<ScreenProps>>()

function screenFor({ segments }: Route): { entry: ScreenEntry; params: RouteParams } | undefined {
  const wanted = segments.length > 0 ? segments : (SCREENS[0]?.pattern.split('/') ?? [])
  for (const entry of SCREENS) {
    const params = matchRoute(entry.pattern, wanted)
    if (params) return { entry, params }
  }
  return undefined
}

function useScreen(entry: ScreenEntry | undefined): readonly [Loaded, () => void] {
  const [, redraw] = useState(0)
  const [failure, setFailure] = useState<Error>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    setFailure(undefined)
    if (!entry || loaded.has(entry)) return
    entry.load().then(
      (screen) => {
        loaded.set(entry, screen)
        redraw((count) => count + 1)
      },
      (error: unknown) => setFailure(error instanceof Error ? error : new Error(String(error))),
    )
  }, [entry, turn])
  return [(entry && loaded.get(entry)) ?? failure, () => setTurn(turn + 1)]
}

function NoSuchScreen(): JSX.Element {
  return (
    <>
      <PageHeader title="Nothing here" />
      <p>
        There is no page at this address. <a href="#/overview">Go to the overview</a>
      </p>
    </>
  )
}

/** Shows the screen of the present address. */
export function Outlet(): JSX.Element {
  const found = screenFor(route.value)
  const [screen, retry] = useScreen(found?.entry)
  if (!found) return <NoSuchScreen />
  if (!screen) return <Loading what="page" />
  if (screen instanceof Error) return <ErrorState error={screen} retry={retry} />
  const Screen = screen
  // Another address with the same pattern is another thing to look at: nothing of the old one stays.
  return (
    <Screen key={JSON.stringify(found.params)} params={found.params} query={route.value.query} />
  )
}
