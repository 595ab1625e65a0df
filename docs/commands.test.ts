import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { COMMAND } from '../packages/cli/test/command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Pages whose `sh` blocks compare january.csv with february.csv; a `text` block right behind one is what a terminal shows. */
const PAGES = ['README.md', 'docs/first-ten-minutes.md', 'docs/coming-from-evidently.md']

interface Block {
  readonly commands: string
  readonly output: string
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = text.matchAll(/^```sh\n((?:(?!```).*\n)*)```\n\n```text\n((?:(?!```).*\n)*)```/gm)
  return [...blocks].map(([, commands, output]) => ({ commands: commands!, output: output! }))
}

/** `script` of util-linux makes a pseudo-terminal; where it is missing (or another one), these are skipped. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)

/** What a terminal of 80 columns shows. What is installed stands here as its sources. */
function inTerminal(commands: string, directory: string): string {
  const command = COMMAND.map((word) => `'${word}'`).join(' ')
  const known = `stty cols 80; npm() { :; }; npx() { shift; ${command} "$@"; }`
  const { stdout } = spawnSync('script', ['-qec', `bash -c "$TOLD"`, '/dev/null'], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      ...process.env,
      TOLD: `${known}\n${commands}`,
      TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'),
      TERM: 'dumb',
      NO_COLOR: '1',
    },
  })
  return stdout.replaceAll('\r\n', '\n')
}

test.runIf(hasScript).each(PAGES)('%s: its commands show in a terminal what it says', (page) => {
  const directory = mkdtempSync(join(tmpdir(), 'tidegauge-commands-'))
  try {
    for (const name of ['january.csv', 'february.csv']) {
      copyFileSync(join(root, 'docs/public', name), join(directory, name))
    }
    const blocks = blocksOf(page)
    expect(blocks.length).toBeGreaterThan(0)
    for (const { commands, output } of blocks) {
      expect(inTerminal(commands, directory)).toBe(output)
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})
