import { resolve } from 'node:path'
import { test } from 'tap'
import { runPointsman } from '../support/pointsman.js'

function sample(path: string): string {
  return resolve('test/import', path)
}

test('import prints an environment file, and what is not in it on standard error', async (t) => {
  const whole = await runPointsman(['import', sample('redirector/config.yml')], {})
  t.equal(whole.code, 0)
  t.equal(whole.stderr, '')
  t.match(whole.stdout, /^HOSTS_ENTRY_2_HOSTNAME=minio\.example\.internal$/m)
  const partial = await runPointsman(['import', sample('hanoproxy/hanoproxy.yaml')], {})
  t.equal(partial.code, 2)
  t.match(partial.stderr, /^\S*hanoproxy\.yaml:63:5: DnsRecords\[3\]\.Ip: /m)
  t.match(partial.stdout, /^DNS_ZONE=ha\.local$/m)
})

/** Ways to call it that lead to nothing, and what is said. */
const REFUSED = [
  [[], 'import takes the name of one file'],
  [['a', 'b'], 'import takes the name of one file'],
  [['--force'], 'import takes the name of one file'],
  [['/not/there.yaml'], '/not/there.yaml: the file cannot be read (ENOENT'],
  [['/'], '/: the file cannot be read (EISDIR'],
] as const

test('import without a file to read tells what is wrong', async (t) => {
  for (const [args, expected] of REFUSED) {
    const { code, stdout, stderr } = await runPointsman(['import', ...args], {})
    t.equal(code, 1)
    t.equal(stdout, '')
    t.match(stderr, expected)
  }
  const help = await runPointsman(['import', '--help'], {})
  t.same([help.code, help.stderr], [0, ''])
  t.match(help.stdout, 'Usage: node dist/app.js import <file>')
})
