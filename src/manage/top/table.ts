import type { TargetState } from '../../core/health.js'
import type { GroupView, StatusView, TargetView, TrafficView } from '../status.js'
import { age, figure, printable } from './format.js'
import { tableLines, type Cell, type Column, type Style } from './layout.js'

const BOLD = '1'
const DIM = '2'
const RED = '31'
const GREEN = '32'
const YELLOW = '33'

const STATE_STYLES: Readonly<Record<TargetState, Style>> = {
  unknown: DIM,
  healthy: GREEN,
  unhealthy: RED,
  ejected: YELLOW,
  draining: YELLOW,
  disabled: DIM,
}

const COLUMNS: readonly Column[] = [
  { title: 'GROUP / TARGET', align: 'left', isElastic: true, giveUp: 0 },
  { title: 'STATE', align: 'left', giveUp: 1 },
  { title: 'SINCE', align: 'right', giveUp: 5 },
  { title: 'REQ/S', align: 'right', giveUp: 2 },
  { title: 'ERR/S', align: 'right', giveUp: 3 },
  { title: 'P50 MS', align: 'right', giveUp: 6 },
  { title: 'P99 MS', align: 'right', giveUp: 4 },
  { title: 'IN FLIGHT', align: 'right', giveUp: 7 },
  { title: 'WHY', align: 'left', isElastic: true, giveUp: 8 },
]

/** How a table is to be drawn. */
export interface Drawing {
  /** Characters in a line. */
  readonly width: number
  readonly hasColors: boolean
}

function trafficCells(traffic: TrafficView): readonly Cell[] {
  const { requestsPerSecond, errorsPerSecond, p50Ms, p99Ms, inFlight } = traffic
  return [
    { text: figure(requestsPerSecond) },
    { text: figure(errorsPerSecond), style: errorsPerSecond > 0 ? RED : undefined },
    { text: figure(p50Ms) },
    { text: figure(p99Ms) },
    { text: String(inFlight) },
  ]
}

function targetRow(target: TargetView, at: string): readonly Cell[] {
  const { id, state, since, serves, reason } = target
  const isGood = state === 'healthy' || state === 'unknown'
  const word = isGood ? 'out' : 'serves'
  return [
    { text: `  ${printable(id.replace(/^http:\/\//, ''))}` },
    { text: serves === isGood ? state : `${state}, ${word}`, style: STATE_STYLES[state] },
    { text: age((Date.parse(at) - Date.parse(since)) / 1000) },
    ...trafficCells(target),
    { text: isGood && serves ? '' : printable(reason), style: DIM },
  ]
}

function groupRow(group: GroupView): readonly Cell[] {
  const { name, source, targets } = group
  const serving = targets.filter(({ serves }) => serves).length
  const style = serving === 0 ? RED : serving < targets.length ? YELLOW : GREEN
  const lost = `source lost for ${age(source.ageSeconds ?? 0)}: ${printable(source.reason)}`
  return [
    { text: printable(name), style: BOLD },
    { text: `${serving} of ${targets.length} serve`, style },
    { text: '' },
    ...trafficCells(group),
    { text: source.state === 'lost' ? lost : '', style: YELLOW },
  ]
}

/** The line above the table: what there is to say of the service as a whole. */
export function summary({ version, phase, uptimeSeconds, groups }: StatusView): string {
  const sum = (read: (group: GroupView) => number): number =>
    groups.reduce((total, group) => total + read(group), 0)
  const targets = sum((group) => group.targets.length)
  const serving = sum((group) => group.targets.filter(({ serves }) => serves).length)
  return [
    `Pointsman ${version}`,
    phase,
    `up ${age(uptimeSeconds)}`,
    `${serving} of ${targets} targets serve`,
    `${figure(sum((group) => group.requestsPerSecond))} requests/s`,
    `${figure(sum((group) => group.errorsPerSecond))} errors/s`,
  ].join(' · ')
}

/** The groups with their targets as a table; its titles are the first line. */
export function statusTable(status: StatusView, { width, hasColors }: Drawing): readonly string[] {
  const rows = status.groups.flatMap((group) => [
    groupRow(group),
    ...group.targets.map((target) => targetRow(target, status.at)),
  ])
  return tableLines(COLUMNS, rows, width, hasColors)
}
