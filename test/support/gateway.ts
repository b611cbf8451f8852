import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { StatusView } from '../../src/manage/status.js'
import type { Document } from './applications.js'
import type { Environment, Pointsman } from './pointsman.js'

const EXAMPLE = 'examples/gateway/models'

/** A folder of models, gone when the test ends. */
export class Models {
  readonly folder: string

  constructor(t: Test) {
    this.folder = mkdtempSync(join(tmpdir(), 'pointsman-models-'))
    t.teardown(() => rmSync(this.folder, { recursive: true, maxRetries: 5 }))
  }

  /** The models of the example. */
  static ofExample(t: Test): Models {
    const models = new Models(t)
    cpSync(EXAMPLE, models.folder, { recursive: true })
    return models
  }

  /** The variables that make a gateway use it. */
  get environment(): Environment {
    return { MODEL_STORE: `file:${this.folder}`, LKG_DIR: join(this.folder, 'lkg') }
  }

  write(path: string, document: unknown): void {
    this.writeText(path, JSON.stringify(document))
  }

  writeText(path: string, text: string): void {
    const file = join(this.folder, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  }

  /** Writes an application anew, with other values for some of its keys. */
  edit(application: string, changes: Document): void {
    const path = `applications/${application}.json`
    const document = JSON.parse(readFileSync(join(this.folder, path), 'utf8')) as Document
    this.write(path, { ...document, ...changes })
  }
}

/** What a service tells of its gateway. */
export async function gatewayStatus({ managementPort }: Pointsman): Promise<StatusView['gateway']> {
  const response = await fetch(`http://127.0.0.1:${managementPort}/api/status`)
  return ((await response.json()) as StatusView).gateway
}

/** Where a gateway sends a client with these parameters. */
export async function locationFor(port: number, path: string): Promise<string> {
  const url = `http://127.0.0.1:${port}/serviceDirect/${path}`
  const { status, headers } = await fetch(url, { redirect: 'manual' })
  return headers.get('location') ?? String(status)
}
