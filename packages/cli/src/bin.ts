#!/usr/bin/env node
import { createRequire } from 'node:module'
import { EXIT } from './exit-code.ts'
import { run } from './run.ts'
import { processTerminal } from './terminal.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

// `tidegauge … | head` closes the pipe early; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fine)
  throw error
})

process.exitCode = await run(process.argv.slice(2), processTerminal(), version)
