import type { JSX } from 'preact'
import { theme, THEMES, type Theme } from '../../state/theme.js'

const TITLES: Readonly<Record<Theme, string>> = {
  system: 'As this device',
  light: 'Light',
  dark: 'Dark',
}

/** The colours of the page. */
export function ThemeCard(): JSX.Element {
  return (
    <section class="card stack" aria-labelledby="theme">
      <h2 id="theme">Colours</h2>
      <fieldset class="choices">
        <legend class="visually-hidden">Colours</legend>
        {THEMES.map((each) => (
          <label key={each} class="check">
            <input
              type="radio"
              name="theme"
              checked={theme.value === each}
              onChange={() => (theme.value = each)}
            />
            <span>{TITLES[each]}</span>
          </label>
        ))}
      </fieldset>
      <p class="small soft">Kept in this browser.</p>
    </section>
  )
}
