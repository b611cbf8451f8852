import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { Changes } from './changes.js'

const dist = (path: string): string => pathToFileURL(resolve('dist', path)).href

/** Watches a store, prints its news, and writes a model of the flavor of each line that it reads. */
const SERVE = `
import { createInterface } from 'node:readline'
import { FileStore } from '${dist('store/file.js')}'
import { systemClock as clock } from '${dist('runtime/system-clock.js')}'
import { readModel } from '${dist('model/read-model.js')}'
const report = ({ subject, error }) => console.log(subject + ': ' + (error?.message ?? 'well'))
const store = new FileStore({ directory: process.argv[1], clock, report })
createInterface(process.stdin).on('line', async (line) => {
  const [name, path, version] = line.split(' ')
  const url = '{protocol}://{host}:{port}/{urn}'
  const whitelist = Array.from({ length: 1000 }, (_, at) => '/DC1/Z' + at)
  const model = readModel({ defaultServer: { url, path }, whitelist }).content
  try {
    const number = version === undefined ? undefined : Number(version)
    console.log('written ' + (await store.writeApplication(name, model, number)))
  } catch (error) {
    console.log(error.code + ' ' + error.message)
  }
})
for await (const news of store.watch(new AbortController().signal))
  if (news.kind === 'application')
    console.log(news.name + ' ' + news.stored.version + ' ' + news.stored.content.defaultServer.path)
  else console.log(news.kind)
`

/** A store in a process of its own. */
export class StoreProcess {
  /** What it has printed. */
  readonly lines: string[] = []
  private readonly changes = new Changes()
  private readonly send: (line: string) => void

  /** @param under the command that runs it, as `mounting` gives one */
  constructor(t: Test, directory: string, under: readonly string[]) {
    const node = [process.execPath, '--input-type=module', '-e', SERVE, directory]
    const [command = '', ...args] = [...under, ...node]
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    createInterface(child.stdout).on('line', (line) => {
      this.lines.push(line)
      this.changes.notify()
    })
    this.send = (line) => child.stdin.write(`${line}\n`)
  }

  /** Has it write a model: `shop 1.1 0` with a version that is replaced, or `shop 1.0`. Resolves with what came of it. */
  async write(line: string): Promise<string> {
    const from = this.lines.length
    this.send(line)
    return this.prints(/^(?:written|STORE_)/, from)
  }

  /** The first line that it prints like this. */
  prints(pattern: RegExp, from = 0): Promise<string> {
    return this.changes.until(
      () => this.lines.slice(from).find((line) => pattern.test(line)),
      () => `${String(pattern)} is not in ${this.lines.join(' | ')}`,
    )
  }
}
