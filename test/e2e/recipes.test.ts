import { spawn } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { test, type Test } from 'tap'
import { freePort } from '../support/pointsman.js'

const PAGE = readFileSync('docs/recipes.md', 'utf8')
const PORTS = ['2181', '5353', '5432', '6379', '8080', '9000', '26379']

/**
 * What a shell needs to follow a recipe: PostgreSQL refuses root, and what is shown may take a moment to be so. It ends when
 * nobody writes any more. Servers are not asked to end: Redis would save its data first, and stay when it cannot.
 */
const PREAMBLE = `
if [ $(id -u) = 0 ]; then
  for program in initdb pg_ctl pg_basebackup; do
    eval "$program() { setpriv --reuid=postgres --regid=postgres --clear-groups $program \\"\\$@\\"; }"
  done
  mktemp() { local made; made=$(command mktemp "$@") && chown postgres "$made" && echo "$made"; }
fi
finish() {
  [ -z "$dir" ] || for n in 1 2; do pg_ctl -D "$dir/$n" -m immediate stop; done &> /dev/null
  { kill -KILL $(jobs -p); wait; } 2> /dev/null
  [ -z "$dir" ] || rm -rf "$dir"
}
trap finish EXIT
expect() {
  local shown deadline=$((SECONDS + 20))
  until shown=$(eval "$1" 2>&1); [ "$shown" = "$2" ]; do
    [ $SECONDS -lt $deadline ] || { echo "$ $1"; echo "$shown"; echo "instead of"; echo "$2"; exit 1; }
    sleep 0.2
  done
}
`

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** The commands of a console, each with the output that is shown below it, as calls of `expect`. */
function expectations(console: string): string {
  const shown = console.split(/^\$ /m).slice(1)
  return shown
    .map((each) => {
      const [command = '', ...output] = each.trimEnd().split('\n')
      return `expect ${quoted(command)} ${quoted(output.join('\n'))}`
    })
    .join('\n')
}

/** Everything that a section of the page tells to type, as one script. */
function scriptOf(section: string): string {
  const blocks = [...section.matchAll(/^```(sh|console)\n([\s\S]*?)^```$/gm)]
  const steps = blocks.map(([, kind, text = '']) => (kind === 'sh' ? text : expectations(text)))
  return [PREAMBLE, ...steps].join('\n')
}

async function follow(t: Test, section: string): Promise<{ code: number | null; said: string }> {
  const groups: number[] = []
  // Before the folder is asked for, so that it happens before that is removed.
  t.teardown(() => {
    try {
      for (const group of groups) process.kill(-group, 'SIGKILL')
    } catch {
      // The whole group has ended, as it should.
    }
  })
  let script = scriptOf(section)
  for (const port of PORTS)
    script = script.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), String(await freePort()))
  const cwd = t.testdir()
  symlinkSync(resolve('dist'), `${cwd}/dist`)
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' }
  const child = spawn('bash', ['--norc', '-c', script], { cwd, env, detached: true })
  if (child.pid !== undefined) groups.push(child.pid)
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { code, said }
}

const RECIPES = PAGE.split(/^## /m).filter((section) => section.includes('```console'))

test('There are recipes', (t) => {
  t.equal(RECIPES.length, 5)
  t.end()
})

for (const recipe of RECIPES) {
  const [title = ''] = recipe.split('\n')
  test(`What the recipe says is seen: ${title}`, async (t) => {
    const { code, said } = await follow(t, recipe)
    t.equal(code, 0, said)
  })
}
