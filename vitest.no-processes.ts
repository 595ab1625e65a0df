import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

/** `pnpm test:quick` stays quick: a test that starts a process belongs to the others, and is told so. */
const STARTERS = [
  'exec',
  'execFile',
  'execFileSync',
  'execSync',
  'fork',
  'spawn',
  'spawnSync',
] as const

for (const name of STARTERS) {
  const refuse = () => {
    throw new Error(`a quick test starts a process (${name}): list it in vitest.config.ts`)
  }
  Object.assign(childProcess, { [name]: refuse })
}
syncBuiltinESMExports()
