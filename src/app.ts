#!/usr/bin/env node
import cluster from 'node:cluster'
import { loadConfig, loadEnvironment } from './config.js'
import { managementUrl } from './config/management.js'
import { describeProblem } from './config/problem.js'

const USAGE = `Usage: node dist/app.js [--check]
       node dist/app.js top [--once] [url]
       node dist/app.js import <file>
       node dist/app.js import-models <folder>
       node dist/app.js load-bundle <file>
       node dist/app.js register …
       node dist/app.js explain <application> [<parameter>=<value> …]

Pointsman is configured by environment variables; docs/configuration.md lists them.

  --check        read the configuration, say what is wrong with it, and exit
  --help         this
  top            show the groups and targets of a running service; top --help tells more
  import         print the environment file for a configuration of another system; import --help tells more
  import-models  put a backup folder of Redirector into MODEL_STORE; import-models --help tells more
  load-bundle    bring a gateway models that cannot ask its store; load-bundle --help tells more
  explain        tell where a client of the gateway is sent, and why; explain --help tells more
  register       keep a host registered in ZooKeeper; register --help tells more
`

// Each process loads what it does, and no more: the others' packages would only take room.
const [command, ...rest] = process.argv.slice(2)
if (cluster.isWorker) {
  const { runWorker } = await import('./runtime/worker.js')
  runWorker()
} else if (command === 'top') {
  const { runTop } = await import('./manage/top/run-top.js')
  const loaded = loadEnvironment()
  const environment = 'environment' in loaded ? loaded.environment : {}
  const token = environment['POINTSMAN_TOKEN']?.trim() || undefined
  process.exitCode = await runTop(rest, managementUrl(environment), process, token)
} else if (command === 'import') {
  const { runImport } = await import('./import/run-import.js')
  process.exitCode = runImport(rest)
} else if (command === 'import-models') {
  const { runImportModels } = await import('./import-models/run-import-models.js')
  const { systemClock, systemRandom } = await import('./runtime/system-clock.js')
  const options = { loaded: loadEnvironment(), clock: systemClock, random: systemRandom }
  process.exitCode = await runImportModels(rest, options)
} else if (command === 'load-bundle') {
  const { runLoadBundle } = await import('./load-bundle/run-load-bundle.js')
  process.exitCode = await runLoadBundle(rest, loadEnvironment())
} else if (command === 'register') {
  const { runRegister } = await import('./register/run-register.js')
  const { systemClock, systemRandom } = await import('./runtime/system-clock.js')
  const loaded = loadEnvironment()
  process.exitCode = await runRegister(rest, { loaded, clock: systemClock, random: systemRandom })
} else if (command === 'explain') {
  const { runExplain } = await import('./runtime/explain/run-explain.js')
  process.exitCode = await runExplain(rest, loadEnvironment())
} else if (command === '--help') {
  process.stdout.write(USAGE)
} else if ((command !== undefined && command !== '--check') || rest.length > 0) {
  process.stderr.write(`Unknown: ${process.argv.slice(2).join(' ')}\n\n${USAGE}`)
  process.exitCode = 2
} else {
  const result = loadConfig()
  if ('problems' in result) {
    for (const problem of result.problems) process.stderr.write(`${describeProblem(problem)}\n`)
    process.exitCode = 1
  } else if (command === '--check') {
    for (const warning of result.warnings) process.stderr.write(`${warning}\n`)
    process.stdout.write('The configuration is valid.\n')
  } else {
    const { runService } = await import('./runtime/run-service.js')
    await runService(result.config, result.warnings)
  }
}
