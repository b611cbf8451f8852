import { render } from 'preact'
import { App } from './shell/app.js'
import { followTheme } from './state/theme.js'

const root = document.getElementById('app')
followTheme()
if (root) render(<App />, root)
