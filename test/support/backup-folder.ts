import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'

const SERVER = (path: string): string =>
  `<server isNonWhitelisted="false"><name>${path}</name><url>{protocol}://{host}:{port}/{urn}</url><path>${path}</path></server>`

function application(name: string): Readonly<Record<string, string>> {
  const stack = {
    path: `/DC1/Z1/1.0/${name}`,
    hosts: [{ ipv4: '10.0.0.1', ipv6: null, weight: '10' }],
  }
  return {
    [`${name}/selectserver.xml`]: `<selectServer><if id="Beta"><contains type="namespacedList"><param>mac</param><namespacedList><value>beta</value></namespacedList></contains><return>${SERVER('2.0')}</return></if><distribution>${SERVER('1.0')}</distribution></selectServer>`,
    [`${name}/urlrules.xml`]:
      '<urlRules><default><urlRule><urn>shell</urn><protocol>xre</protocol><port>10004</port><ipProtocolVersion>4</ipProtocolVersion></urlRule></default></urlRules>',
    [`${name}/whitelist.xml`]: '<whitelisted><paths>/DC1/Z1</paths></whitelisted>',
    [`${name}/modelmetadata.json`]: '{"version":7}',
    [`${name}/manualbackup.json`]: JSON.stringify({ version: 0, snapshotList: [stack] }),
  }
}

/** The files of a backup folder of Redirector with the applications `shop` and `mail`. */
export const BACKUP_FILES: Readonly<Record<string, string>> = {
  'applications.json': '{"apps":["shop","mail"]}',
  'namespacedlists.json': '{"dataNodeVersion":1,"namespacedLists":{"beta":["a","b"]}}',
  'stacks.json': '{"version":0,"snapshotList":[]}',
  ...application('shop'),
  ...application('mail'),
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** A folder with these files, gone when the test ends. */
export function backupFolder(t: Test, files = BACKUP_FILES): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-backup-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFiles(folder, files)
  return folder
}
