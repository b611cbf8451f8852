import { readdirSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { PointsmanError } from '../core/errors.js'
import type { EnvironmentFile } from './environment-file.js'
import { BalancerImport } from './redirector-balancer.js'
import type { Report } from './report.js'
import type { Section } from './section.js'
import { YamlFile } from './yaml-file.js'

const LOG_LEVELS: Readonly<Record<string, string>> = {
  CRITICAL: 'fatal',
  ERROR: 'error',
  WARNING: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
  NOTSET: 'trace',
}

const TO_STDOUT = 'the log goes to standard output; who starts the program keeps it'

/** What has no variable, and why it needs none. */
const NOT_NEEDED: Readonly<Record<string, string>> = {
  log_format: 'log lines are JSON',
  log_file_path: TO_STDOUT,
  log_file_max_bytes: TO_STDOUT,
  log_file_max_backups: TO_STDOUT,
  pid_file: 'no file with the process id is written; who starts the program knows it',
}

/** Every key of the main file. */
export const MAIN_KEYS = [
  'log_level',
  'lb_configs_dir',
  'persist_hosts_block',
  ...Object.keys(NOT_NEEDED),
]

const INTRODUCTION = [
  'Before the first start, remove the lines from "# BEGIN REDIRECTOR MANAGED BLOCK" to ' +
    '"# END REDIRECTOR MANAGED BLOCK" from the hosts file: the first line with a name wins.',
  'All targets are checked all the time; Redirector checks the one in use.',
]

function balancerPaths(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => /\.ya?ml$/.test(name))
    if (names.length > 0) return names.sort().map((name) => join(directory, name))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw noBalancers(directory, `it cannot be read (${reason.split(',')[0] ?? reason})`)
  }
  throw noBalancers(directory, 'it has no file that ends in .yml or .yaml')
}

function noBalancers(directory: string, why: string): PointsmanError {
  const what = `${directory}: the balancer files of lb_configs_dir are missing: ${why}`
  return new PointsmanError('CONFIGURATION_INVALID', what)
}

function translateMain(main: Section, file: EnvironmentFile): void {
  const level = main.take('log_level')
  const text = level?.text()
  if (level && text !== undefined) {
    const own = LOG_LEVELS[text]
    if (own === undefined) level.lost(`must be one of ${Object.keys(LOG_LEVELS).join(', ')}`)
    else file.set('LOG_LEVEL', own, level.place)
  }
  const persist = main.take('persist_hosts_block')
  const persists = persist?.flag()
  if (persist && persists !== undefined) file.set('HOSTS_PERSIST', persists, persist.place)
  for (const [name, why] of Object.entries(NOT_NEEDED)) main.take(name)?.lost(`left out: ${why}`)
  main.finish(MAIN_KEYS, 'left out')
}

/**
 * Translates a Redirector's main file and the balancer files it points to.
 * @param main undefined when nothing stands in it, so that everything has its default
 * @throws PointsmanError CONFIGURATION_INVALID when there are no balancer files, or one of them is no valid YAML
 */
export function translateRedirector(
  main: Section | undefined,
  path: string,
  file: EnvironmentFile,
  report: Report,
): void {
  const named = main?.text('lb_configs_dir') ?? 'lb_configs'
  const directory = isAbsolute(named) ? named : join(dirname(path), named)
  const paths = balancerPaths(directory)
  const balancers = paths.map((each) => new YamlFile(each, report).root.section('counts'))
  for (const text of INTRODUCTION) file.comment(text)
  if (main) translateMain(main, file)
  const translation = new BalancerImport(file)
  for (const balancer of balancers) if (balancer) translation.add(balancer)
  if (translation.isEmpty) throw noBalancers(directory, 'none of them can be translated')
}
