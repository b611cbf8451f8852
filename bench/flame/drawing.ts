import type { Branch, Frame } from './profile.js'

const WIDTH = 1200
const ROW = 18
const MARGIN = 16
const TITLE_HEIGHT = 64
/** Narrower boxes are left out. */
const NARROWEST = 0.6
const LETTER_WIDTH = 6.6

// The ground is part of the picture and changes with the text, so it can be read wherever it is shown.
const STYLE = `
  .ground { fill: #ffffff } text { fill: #1f2328; font: 11px ui-monospace, monospace }
  .title { font: 600 16px system-ui, sans-serif } .note { font: 13px system-ui, sans-serif; fill: #59636e }
  .own { fill: #80ccff } .node { fill: #d1d9e0 } .native { fill: #ffc680 } .package { fill: #aceebb }
  rect { stroke: #ffffff; stroke-width: 0.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .note { fill: #9198a1 }
    .own { fill: #1f6feb } .node { fill: #3d444d } .native { fill: #9e6a03 } .package { fill: #238636 }
    rect { stroke: #0d1117 }
  }`

function kindOf({ url }: Frame): 'own' | 'node' | 'native' | 'package' {
  if (url === '') return 'native'
  if (url.startsWith('node:')) return 'node'
  return url.includes('/node_modules/') ? 'package' : 'own'
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function depthOf(branch: Branch): number {
  return 1 + Math.max(0, ...[...branch.branches.values()].map(depthOf))
}

/** How the boxes of one picture are measured. */
interface Measure {
  /** Pixels of a microsecond. */
  readonly scale: number
  readonly allMicros: number
}

function box({ frame, micros }: Branch, left: number, top: number, measure: Measure): string {
  const { name, url } = frame
  const width = micros * measure.scale
  const letters = Math.floor((width - 6) / LETTER_WIDTH)
  const shown = name.length > letters ? `${name.slice(0, Math.max(0, letters - 1))}…` : name
  const label =
    letters < 3 ? '' : `<text x="${(left + 3).toFixed(1)}" y="${top + 13}">${escape(shown)}</text>`
  const place = url.replace(/^.*\/(dist|node_modules)\//, '')
  const share = ((micros / measure.allMicros) * 100).toFixed(1)
  return (
    `<g><title>${escape(`${name} ${place}`.trim())}: ${share} %</title>` +
    `<rect class="${kindOf(frame)}" x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${ROW - 1}"/>` +
    `${label}</g>`
  )
}

function boxes(branch: Branch, left: number, top: number, measure: Measure): string[] {
  if (branch.micros * measure.scale < NARROWEST) return []
  const drawn = [box(branch, left, top, measure)]
  const widestFirst = [...branch.branches.values()].sort((a, b) => b.micros - a.micros)
  let at = left
  for (const inner of widestFirst) {
    drawn.push(...boxes(inner, at, top + ROW, measure))
    at += inner.micros * measure.scale
  }
  return drawn
}

/** A flame graph as an SVG picture, callers above what they called; a box's title says its share. */
export function drawFlame(root: Branch, title: string, note: string): string {
  const height = TITLE_HEIGHT + depthOf(root) * ROW + MARGIN
  const scale = (WIDTH - 2 * MARGIN) / root.micros
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="${MARGIN}" y="28">${escape(title)}</text>`,
    `<text class="note" x="${MARGIN}" y="50">${escape(note)}</text>`,
    ...boxes(root, MARGIN, TITLE_HEIGHT, { scale, allMicros: root.micros }),
    '</svg>\n',
  ].join('\n')
}
