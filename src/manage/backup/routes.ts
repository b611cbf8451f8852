import type { FastifyInstance, FastifyRequest } from 'fastify'
import { strToU8, zip, type Zippable } from 'fflate'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { LEGACY_SETTINGS } from '../../model/defaults.js'
import {
  readBackupFolder,
  writeBackupFolder,
  type Backup,
  type FileNote,
} from '../../model/legacy/backup-folder.js'
import { writeLists, writeModel } from '../../model/write-model.js'
import { FieldProblem } from '../api/problem.js'
import type { Subject } from '../api/changes.js'
import { AttemptHeaders, attemptAt, attemptOf, type Attempt } from '../changes/attempts.js'
import type { ChangeWork } from '../changes/open-changes.js'
import { ApplicationName } from '../changes/subjects.js'
import { Refusal } from '../http/refusal.js'
import type { ManageServices } from '../http/services.js'
import { LARGEST_ARCHIVE_BYTES, unpack } from './unpack.js'

const ZIP = 'application/zip'

const Imported = Type.Object({
  /** Ids of the change sets that were proposed. */
  changes: Type.Array(Type.String()),
  /** What was wrong, or not kept as it is; `path` begins with the file. */
  problems: Type.Array(FieldProblem),
})

interface Importing {
  readonly changes: string[]
  readonly problems: FieldProblem[]
}

function noteOf({ file, path, code, message }: FileNote): FieldProblem {
  return { path: file + path, code, message }
}

/** All applications and lists that there are. */
function backupOf({ models }: ManageServices): Backup {
  const applications = models.names().flatMap((name) => {
    const known = models.get(name)
    if (!known?.model) return []
    const stacks = models.hosts(name)?.stacks ?? []
    const hosts = stacks.map(({ path, hosts: found }) => ({
      path,
      hosts: found.map(({ ipv4, ipv6, weight }) => ({
        ...(ipv4 !== undefined && { ipv4 }),
        ...(ipv6 !== undefined && { ipv6 }),
        weight,
      })),
    }))
    return [{ name, model: known.model, version: known.version, hosts }]
  })
  return { applications, lists: models.lists?.content ?? [] }
}

function zipped(files: Zippable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zip(files, (error, data) => (error ? reject(error) : resolve(data)))
  })
}

/** Makes a change set of each application and of the lists, where the archive says something else than what is there. */
class Import {
  readonly done: Importing = { changes: [], problems: [] }
  private readonly request: FastifyRequest
  private readonly services: ManageServices
  private readonly work: ChangeWork
  private readonly attempt: Attempt | undefined

  constructor(request: FastifyRequest, services: ManageServices, work: ChangeWork) {
    this.request = request
    this.attempt = attemptOf(request)
    this.services = services
    this.work = work
  }

  async take(backup: Backup): Promise<void> {
    const { models } = this.services
    const lists = writeLists(backup.lists).map((list) => [String(list['name']), list] as const)
    if (lists.length > 0)
      await this.propose({ kind: 'lists' }, Object.fromEntries(lists), models.lists?.version)
    for (const { name, model } of backup.applications) {
      const known = models.get(name)
      // The files have no place for them: those that an application has stay.
      const { settings = LEGACY_SETTINGS, templates = [], urlTemplates = [] } = known?.model ?? {}
      const document = writeModel({ ...model, settings, templates, urlTemplates })
      if (Value.Check(ApplicationName, name))
        await this.propose({ kind: 'application', name }, document, known?.version)
      else {
        const message = `${JSON.stringify(name)} cannot be the name of an application`
        this.done.problems.push({ path: 'applications.json', code: '', message })
      }
    }
  }

  private async propose(
    subject: Subject,
    document: unknown,
    version: number | undefined,
  ): Promise<void> {
    const { changes } = this.work
    const matter = changes.matterOf(subject)
    const read = matter.read(document)
    const isSame =
      'content' in read && matter.diff(matter.current(document), read.content).length === 0
    if (isSame) return
    try {
      const title = 'Imported from a backup'
      const proposal = { subject, title, baseVersion: version ?? null, document }
      const attempt = attemptAt(this.attempt, matter.key)
      const { view } = await changes.propose(this.request, proposal, attempt)
      this.done.changes.push(view.id)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const place = matter.key
      const { errors = [{ path: '', code: '', message: error.message }] } = error.parts
      this.done.problems.push(...errors.map((each) => ({ ...each, path: place + each.path })))
    }
  }
}

/** `/api/backup`: everything as an archive of the files that Redirector keeps, and such an archive as change sets. */
export function backupRoutes(
  app: FastifyInstance,
  services: ManageServices,
  work: ChangeWork,
): void {
  app.addContentTypeParser(
    ZIP,
    { parseAs: 'buffer', bodyLimit: LARGEST_ARCHIVE_BYTES },
    (_, body, done) => done(null, body),
  )
  app.get(
    '/api/backup',
    {
      config: { access: { role: 'viewer', on: 'everything' } },
      schema: { summary: 'Everything, as an archive of files of Redirector' },
    },
    async (_, reply) => {
      const { files } = writeBackupFolder(backupOf(services))
      const entries = [...files].map(([name, text]) => [name, strToU8(text)] as const)
      const archive = await zipped(Object.fromEntries(entries))
      return reply
        .type(ZIP)
        .header('content-disposition', 'attachment; filename="coreBackup.zip"')
        .send(Buffer.from(archive))
    },
  )
  app.post(
    '/api/backup',
    {
      config: { access: { role: 'editor', on: 'any' } },
      bodyLimit: LARGEST_ARCHIVE_BYTES,
      schema: {
        summary: 'Propose what an archive of files of Redirector says',
        headers: AttemptHeaders,
        response: { 200: Imported },
      },
    },
    async (request) => {
      if (!Buffer.isBuffer(request.body))
        throw new Refusal(415, { detail: `The body has to be ${ZIP}` })
      const { notes, ...backup } = readBackupFolder(unpack(request.body))
      const importing = new Import(request, services, work)
      importing.done.problems.push(...notes.map(noteOf))
      await importing.take(backup)
      return importing.done
    },
  )
}
