#!/usr/bin/env node
import { createRequire } from 'node:module'
import { EXIT } from './exit-code.ts'
import { run } from './run.ts'
import { processTerminal } from './terminal/terminal.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
const terminal = processTerminal()

// `tidegauge … | head` closes the pipe early: what else is to be done (a report to write) is still done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  terminal.error(`cannot write to standard output: ${error.message}`)
  process.exit(EXIT.usage)
})
process.stderr.on('error', () => {})

process.exitCode = await run(process.argv.slice(2), terminal, version)
