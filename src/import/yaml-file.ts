import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { fileText } from '../config/parsers.js'
import { PointsmanError } from '../core/errors.js'
import { Field } from './field.js'
import type { Place, Report } from './report.js'

/** What a YAML file is made of, aliases followed. */
export type Content = Scalar | YAMLMap | YAMLSeq | null

/** What stands in a map under one key. */
interface Entry {
  readonly name: string
  readonly key: unknown
  readonly value: unknown
}

/** Whether the names of a file are told apart by case. */
export type Case = 'counts' | 'is ignored'

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<' && key.value !== '<<'
}

/** A YAML file that knows where in it everything stands. */
export class YamlFile {
  readonly path: string
  readonly report: Report
  private readonly document: Document.Parsed
  private readonly lines = new LineCounter()

  /** @throws PointsmanError CONFIGURATION_INVALID when the file cannot be read, or is not one document in YAML */
  constructor(path: string, report: Report) {
    this.path = path
    this.report = report
    // YAML 1.1 is what both systems read: `yes` is true, and `<<` merges.
    const options = { version: '1.1', lineCounter: this.lines, prettyErrors: false } as const
    this.document = parseDocument(textOf(path), options)
    const [error] = [...this.document.errors, ...this.document.warnings]
    if (error) throw this.invalid(error.pos[0], error.message)
  }

  /** The whole of it. */
  get root(): Field {
    return new Field(this, this.follow(this.document.contents), this.placeOf(undefined, ''))
  }

  /** Where a node stands; the file's beginning when it is none. */
  placeOf(node: unknown, key: string): Place {
    const offset = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null
    const { line, col } = this.lines.linePos(offset?.[0] ?? 0)
    return { file: this.path, line: Math.max(line, 1), column: Math.max(col, 1), key }
  }

  /** The node itself, or what an alias stands for; null for a blank. */
  follow(node: unknown): Content {
    if (isAlias(node)) return this.resolve(node)
    if (isMap(node) || isSeq(node) || isScalar(node)) return node
    return null
  }

  /** The entries of a map, those merged into it behind its own. */
  entriesOf(map: YAMLMap, outer: readonly YAMLMap[] = []): readonly Entry[] {
    if (outer.includes(map)) throw this.invalid(map.range?.[0] ?? 0, 'A map is merged into itself')
    const isMerge = ({ key }: Pair): boolean => isMergeKey(key)
    const own = map.items.filter((pair) => !isMerge(pair)).map((pair) => this.entry(pair))
    const merged = map.items.filter(isMerge).flatMap(({ value }) => {
      const content = this.follow(value)
      const maps = isSeq(content) ? content.items.map((item) => this.follow(item)) : [content]
      return maps.filter(isMap).flatMap((each) => this.entriesOf(each, [...outer, map]))
    })
    const names = new Set(own.map(({ name }) => name))
    return [...own, ...merged.filter(({ name }) => !names.has(name) && names.add(name))]
  }

  private entry({ key, value }: Pair): Entry {
    const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key)
    return { name, key, value }
  }

  private resolve(alias: Alias): Content {
    const node = alias.resolve(this.document)
    if (node) return node
    throw this.invalid(alias.range?.[0] ?? 0, `Nothing is called &${alias.source} before this`)
  }

  private invalid(offset: number, message: string): PointsmanError {
    const { line, col } = this.lines.linePos(offset)
    const where = `${this.path}:${line}:${col}`
    return new PointsmanError('CONFIGURATION_INVALID', `${where}: no valid YAML: ${message}`)
  }
}

function textOf(path: string): string {
  try {
    return fileText(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PointsmanError('CONFIGURATION_INVALID', `${path}: ${reason}`, error)
  }
}
