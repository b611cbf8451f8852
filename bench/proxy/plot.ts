import type { LoadCase } from './cases.js'
import { OWN, REFERENCE } from './contenders.js'
import type { Row } from './summary.js'

const WIDTH = 760
const MARGIN = 24
const LABEL_WIDTH = 150
const VALUE_WIDTH = 160
const TITLE_HEIGHT = 62
const CASE_HEIGHT = 40
const BAR_HEIGHT = 16
const BAR_PITCH = 24

// The ground is part of the picture and changes with the text, so it can be read wherever it is shown.
const STYLE = `
  .ground { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 16px } .note { fill: #59636e } .case { font-weight: 600 }
  .bar { fill: #8c959f } .own { fill: #0969da } .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #f0f6fc } .note { fill: #9198a1 }
    .bar { fill: #656c76 } .own { fill: #4493f8 } .spread { stroke: #f0f6fc }
  }`

function titleOf({ title, connections }: LoadCase): string {
  return `${title}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
}

/** An SVG bar chart of CPU time per request, one block per case, cheapest contender first. */
export function renderPlot(cases: readonly LoadCase[], rows: readonly Row[], note: string): string {
  const blocks: string[] = []
  let top = TITLE_HEIGHT
  for (const loadCase of cases) {
    const own = rows
      .filter((row) => row.case === loadCase.name)
      .toSorted((a, b) => a.cpuMicrosPerRequest - b.cpuMicrosPerRequest)
    blocks.push(...renderBlock(titleOf(loadCase), own, top))
    top += CASE_HEIGHT + own.length * BAR_PITCH
  }
  const height = top + MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>CPU time per proxied request</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="${MARGIN}" y="30">CPU µs per proxied request, one process (shorter is better)</text>`,
    `<text class="note" x="${MARGIN}" y="50">${escape(note)}</text>`,
    ...blocks,
    '</svg>\n',
  ].join('\n')
}

function renderBlock(title: string, rows: readonly Row[], top: number): string[] {
  const longest = Math.max(...rows.map((row) => row.cpuHighest))
  const scale = (WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH) / longest
  return [
    `<text class="case" x="${MARGIN}" y="${top + 26}">${escape(title)}</text>`,
    ...rows.map((row, index) => renderBar(row, top + CASE_HEIGHT + index * BAR_PITCH, scale)),
  ]
}

function renderBar(row: Row, top: number, scale: number): string {
  const left = MARGIN + LABEL_WIDTH
  const x = (micros: number) => (left + micros * scale).toFixed(1)
  const baseline = top + BAR_HEIGHT - 4
  const middle = top + BAR_HEIGHT / 2
  const ratio = row.ratios ? `${row.ratios.cpu.toFixed(2)} × ${REFERENCE}` : ''
  return [
    `<text x="${MARGIN}" y="${baseline}">${escape(row.contender)}</text>`,
    `<rect class="${row.contender.startsWith(OWN) ? 'own' : 'bar'}" x="${left}" y="${top}" ` +
      `width="${(row.cpuMicrosPerRequest * scale).toFixed(1)}" height="${BAR_HEIGHT}"/>`,
    `<line class="spread" x1="${x(row.cpuLowest)}" x2="${x(row.cpuHighest)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${(Number(x(row.cpuHighest)) + 8).toFixed(1)}" y="${baseline}">` +
      `${row.cpuMicrosPerRequest.toFixed(1)}<tspan class="note" dx="10">${escape(ratio)}</tspan></text>`,
  ].join('')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
