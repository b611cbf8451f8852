import { test } from 'tap'
import type { TargetState } from '../../../src/core/health.js'
import type { GroupSettings } from '../../../src/core/group-settings.js'
import type { GroupSnapshot } from '../../../src/core/snapshot.js'
import { Choices, type Choice } from '../../../src/faces/hosts/choices.js'
import type { HostsLine } from '../../../src/faces/hosts/hosts-text.js'
import type { HostsEntry } from '../../../src/faces/hosts/settings.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { groupSettings, targetNamed } from '../../support/groups.js'

const SEQUENTIAL: Partial<GroupSettings> = { algorithm: 'SEQUENTIAL' }
const RANDOM: Partial<GroupSettings> = { algorithm: 'RANDOM' }
const [FIRST, SECOND, THIRD] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const

/** A group whose targets are in these states, `serves` of each being as without ALL_DOWN. */
function group(
  settings: Partial<GroupSettings>,
  states: Readonly<Record<string, TargetState>>,
  serves: (state: TargetState) => boolean = (state) => state === 'healthy' || state === 'unknown',
): GroupSnapshot {
  const told = Object.entries(states).filter(([, state]) => state !== 'unknown')
  return {
    settings: groupSettings({ name: 'db', ...settings }),
    targets: Object.keys(states).map((address) => targetNamed(address)),
    standings: Object.fromEntries(
      told.map(([address, state]) => [targetNamed(address).id, { state, serves: serves(state) }]),
    ),
  }
}

function entry(hostname: string, parts: Partial<HostsEntry> = {}): HostsEntry {
  return { hostname, group: 'db', isChecked: true, ...parts }
}

class World {
  readonly told: Choice[] = []
  readonly clock = new ManualClock()
  readonly choices: Choices

  constructor(
    snapshot: GroupSnapshot,
    found: readonly HostsLine[] = [],
    entries = [entry('a')],
    seed = 7,
  ) {
    const onChoice = (choice: Choice) => void this.told.push(choice)
    const ports = { clock: this.clock, random: seeded(seed), machine: '192.0.2.1' }
    this.choices = new Choices({ ...ports, onChoice })
    this.choices.apply(entries, { groups: [snapshot] }, found)
  }

  get address(): string | undefined {
    return this.choices.all[0]?.address
  }

  get reason(): string {
    return this.choices.all[0]?.reason ?? ''
  }

  see(snapshot: GroupSnapshot): this {
    this.clock.advance(1000)
    this.choices.update(snapshot)
    return this
  }
}

const OLD: readonly HostsLine[] = [{ name: 'a', address: SECOND }]

test('A name gets its first address when the first checks of its group have ended', (t) => {
  const world = new World(group(SEQUENTIAL, { [FIRST]: 'unknown', [SECOND]: 'unknown' }))
  t.equal(world.address, undefined)
  t.same(world.choices.lines, [])
  world.see(group(SEQUENTIAL, { [FIRST]: 'unknown', [SECOND]: 'healthy' }))
  t.equal(world.address, undefined, 'the first of them may still be better')
  world.see(group(SEQUENTIAL, { [FIRST]: 'unhealthy', [SECOND]: 'healthy' }))
  t.same(world.choices.lines, [{ name: 'a', address: SECOND }])
  t.equal(world.reason, `SEQUENTIAL chose http://${SECOND}:80`)
  t.end()
})

test('Without checks it gets one at once', (t) => {
  const snapshot = group(SEQUENTIAL, { [FIRST]: 'unknown' })
  t.equal(new World(snapshot, [], [entry('a', { isChecked: false })]).address, FIRST)
  t.end()
})

test('The address of an earlier run stays until first checks have ended', (t) => {
  for (const algorithm of ['SEQUENTIAL', 'RANDOM'] as const) {
    const settings = { algorithm }
    const world = new World(group(settings, { [FIRST]: 'unknown', [SECOND]: 'unknown' }), OLD)
    t.equal(world.address, SECOND)
    t.match(world.choices.all[0], { target: undefined, reason: 'found in the file' })
    world.see(group(settings, { [FIRST]: 'healthy', [SECOND]: 'unknown' }))
    t.equal(world.address, SECOND, algorithm)
    world.see(group(settings, { [FIRST]: 'healthy', [SECOND]: 'unhealthy' }))
    t.equal(world.address, FIRST, algorithm)
  }
  t.end()
})

test('It stays longer when its target serves, but for SEQUENTIAL', (t) => {
  const healthy = { [FIRST]: 'healthy', [SECOND]: 'healthy', [THIRD]: 'healthy' } as const
  for (let seed = 0; seed < 10; seed++)
    t.equal(new World(group(RANDOM, healthy), OLD, [entry('a')], seed).address, SECOND)
  t.equal(new World(group(SEQUENTIAL, healthy), OLD).address, FIRST)
  t.equal(
    new World(group(RANDOM, { [FIRST]: 'healthy' }), OLD).address,
    FIRST,
    'no target any more',
  )
  t.end()
})

test('SEQUENTIAL goes on to the next, and back to the first when that serves again', (t) => {
  const world = new World(group(SEQUENTIAL, { [FIRST]: 'healthy', [SECOND]: 'healthy' }))
  t.equal(world.address, FIRST)
  world.see(group(SEQUENTIAL, { [FIRST]: 'unhealthy', [SECOND]: 'healthy' }))
  t.match(world.choices.all[0], {
    address: SECOND,
    sinceMs: world.clock.wallTimeMs(),
    reason: `http://${FIRST}:80 is unhealthy; SEQUENTIAL chose http://${SECOND}:80`,
  })
  world.see(group(SEQUENTIAL, { [FIRST]: 'healthy', [SECOND]: 'healthy' }))
  t.equal(world.address, FIRST)
  t.equal(world.reason, `http://${FIRST}:80 serves again, and comes before http://${SECOND}:80`)
  t.equal(world.told.length, 3, 'each move is told once')
  t.end()
})

test('Without failback the list begins with the incumbent, and the name stays there', (t) => {
  const world = new World(group(SEQUENTIAL, { [FIRST]: 'unhealthy', [SECOND]: 'healthy' }))
  // The control plane puts the one whose turn it is first.
  world.see(group(SEQUENTIAL, { [SECOND]: 'healthy', [FIRST]: 'healthy' }))
  t.equal(world.address, SECOND)
  t.equal(world.told.length, 1)
  t.end()
})

test('All others stay with a target that serves, whatever happens around it', (t) => {
  for (const algorithm of ['RANDOM', 'ROUND_ROBIN', 'WEIGHTED', 'STICKY', 'LRT'] as const) {
    const world = new World(group({ algorithm }, { [FIRST]: 'healthy', [SECOND]: 'healthy' }))
    const { address = '' } = world
    const other = address === FIRST ? SECOND : FIRST
    for (let round = 0; round < 20; round++)
      for (const state of ['unhealthy', 'healthy'] as const)
        t.equal(
          world.see(group({ algorithm }, { [other]: state, [address]: 'healthy' })).address,
          address,
        )
    world.see(group({ algorithm }, { [other]: 'healthy', [address]: 'ejected' }))
    t.equal(world.address, other, algorithm)
    world.see(group({ algorithm }, { [other]: 'healthy', [address]: 'healthy' }))
    t.equal(world.address, other, `${algorithm}: and does not go back`)
  }
  t.end()
})

test('While no target serves the name keeps its address, and it is said once', (t) => {
  const world = new World(group(SEQUENTIAL, { [FIRST]: 'healthy', [SECOND]: 'healthy' }))
  const down = group(SEQUENTIAL, { [FIRST]: 'unhealthy', [SECOND]: 'unhealthy' })
  world.see(down).see(down)
  t.equal(world.address, FIRST)
  t.equal(world.reason, 'kept, for no target of db serves')
  t.equal(world.told.length, 2)
  world.see(group(SEQUENTIAL, {}))
  t.equal(world.address, FIRST, 'also when there are no targets at all')
  world.see(group(SEQUENTIAL, { [FIRST]: 'healthy' }))
  t.equal(world.reason, `http://${FIRST}:80 serves`)
  t.end()
})

test('Without an address there is none while no target serves, unless the group wants one', (t) => {
  const down = { [FIRST]: 'unhealthy', [SECOND]: 'unhealthy' } as const
  t.match(new World(group(SEQUENTIAL, down)).choices.all, [
    { address: undefined, reason: 'no target of db serves' },
  ])
  t.equal(new World(group(SEQUENTIAL, down, () => true)).address, FIRST)
  t.equal(
    new World(
      group(SEQUENTIAL, down, () => true),
      OLD,
    ).address,
    SECOND,
    'kept',
  )
  t.end()
})

test('A target that is not checked yet is not moved to, and not left', (t) => {
  const world = new World(group(SEQUENTIAL, { [SECOND]: 'healthy' }))
  world.see(group(SEQUENTIAL, { [FIRST]: 'unknown', [SECOND]: 'healthy' }))
  t.equal(world.address, SECOND, 'one that came')
  world.see(group(SEQUENTIAL, { [FIRST]: 'unknown', [SECOND]: 'unknown' }))
  t.equal(world.told.length, 1, 'checks that were switched on')
  world.see(group(SEQUENTIAL, { [FIRST]: 'unknown', [SECOND]: 'unhealthy', [THIRD]: 'healthy' }))
  t.equal(world.address, THIRD)
  t.end()
})

test('Algorithms that go by the client take this machine for it', (t) => {
  const addresses = Array.from({ length: 8 }, (_, at) => `10.0.0.${at + 1}`)
  const states = Object.fromEntries(addresses.map((address) => [address, 'healthy' as const]))
  const chosen = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].map((machine) => {
    const ports = {
      clock: new ManualClock(),
      random: seeded(1),
      machine,
      onChoice: () => undefined,
    }
    const choices = new Choices(ports)
    choices.apply([entry('a')], { groups: [group({ algorithm: 'CONSISTENT_HASH' }, states)] })
    return choices.lines[0]?.address
  })
  t.ok(new Set(chosen).size > 1, chosen.join(' '))
  t.end()
})

test('Names come and go with the configuration; those that stay keep their address', (t) => {
  const snapshot = group(RANDOM, { [FIRST]: 'healthy', [SECOND]: 'healthy' })
  const world = new World(
    snapshot,
    [{ name: 'gone', address: THIRD }, ...OLD],
    [entry('a'), entry('b')],
  )
  t.same(
    world.choices.lines.map(({ name }) => name),
    ['a', 'b'],
  )
  t.equal(world.address, SECOND)
  world.choices.apply([entry('c'), entry('a')], { groups: [snapshot] })
  t.same(
    world.choices.lines.map(({ name }) => name),
    ['c', 'a'],
  )
  t.equal(world.choices.lines[1]?.address, SECOND)
  world.choices.apply([entry('a', { group: 'none' })], { groups: [] })
  t.equal(world.address, SECOND, 'a group of which nothing is known yet')
  t.end()
})
