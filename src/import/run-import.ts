import { PointsmanError } from '../core/errors.js'
import { EnvironmentFile } from './environment-file.js'
import { FILE_KEYS, translateHanoproxy } from './hanoproxy.js'
import { MAIN_KEYS, translateRedirector } from './redirector.js'
import { Report } from './report.js'
import { YamlFile } from './yaml-file.js'

const USAGE = `Usage: node dist/app.js import <file>

Prints the environment file for a configuration of another system:
  HAnoProxY     its hanoproxy.yaml
  Redirector    its main file (config.yml); the balancer files that belong to it are read, too

What cannot be expressed is told on standard error, with file, line and key, and makes the exit code 2. The exit code is 1
when the file cannot be read, is no valid YAML, or belongs to neither system.
`

/** A program's two streams for output. */
export interface Output {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
}

const HANOPROXY_NAMES: readonly string[] = FILE_KEYS.map((name) => name.toLowerCase())

function translate(path: string, file: EnvironmentFile, report: Report): void {
  const { root } = new YamlFile(path, report)
  const main = root.isMap ? root.section('counts') : undefined
  const names = main?.names ?? []
  const isHanoproxy = names.some((name) => HANOPROXY_NAMES.includes(name.toLowerCase()))
  const hanoproxy = isHanoproxy ? root.section('is ignored') : undefined
  if (hanoproxy) translateHanoproxy(hanoproxy, file)
  else if (root.isVoid || names.some((name) => MAIN_KEYS.includes(name)))
    translateRedirector(main, path, file, report)
  else throw new PointsmanError('CONFIGURATION_INVALID', `${path}: is ${otherKind(names)}`)
}

function otherKind(names: readonly string[]): string {
  return names.includes('local_host') || names.includes('backend_hosts')
    ? 'a balancer file of Redirector; name the main file that it belongs to'
    : 'neither a hanoproxy.yaml nor the main file of Redirector'
}

/**
 * Prints the environment file for a configuration of another system.
 * @param args what stands behind `import` on the command line
 * @returns the exit code: 2 when something could not be expressed, 1 when nothing could
 */
export function runImport(args: readonly string[], { stdout, stderr }: Output = process): number {
  const [path, ...more] = args
  if (path === '--help') {
    stdout.write(USAGE)
    return 0
  }
  if (path === undefined || path.startsWith('-') || more.length > 0) {
    stderr.write(`import takes the name of one file\n\n${USAGE}`)
    return 1
  }
  const report = new Report()
  const introduction = `Made from ${path} by node dist/app.js import; docs/import.md tells what became of what.`
  const file = new EnvironmentFile(introduction, report)
  let failure: PointsmanError | undefined
  try {
    translate(path, file, report)
  } catch (error) {
    if (!(error instanceof PointsmanError)) throw error
    failure = error
  }
  stderr.write(
    [...report.lines, ...(failure ? [failure.message] : [])].map((line) => `${line}\n`).join(''),
  )
  if (failure) return 1
  stdout.write(file.toString())
  return report.lines.length > 0 ? 2 : 0
}
