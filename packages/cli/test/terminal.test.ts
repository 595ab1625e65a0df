import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { COMMAND, ENVIRONMENT } from './command.ts'
import { workFolder } from './work-folder.ts'

/** `script` of util-linux makes a pseudo-terminal; where it is missing (or another one), these are skipped. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)

const { directory } = workFolder()
beforeAll(() => {
  const csv = Array.from({ length: 20_000 }, (_, i) => `${i % 60},c${i % 4}`).join('\n')
  writeFileSync(join(directory, 'data.csv'), `age,city\n${csv}\n`)
})

/** What a terminal of 100 columns receives: stdout and stderr together. */
function inTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const words = [...COMMAND, ...args].map((word) => `'${word}'`).join(' ')
  const { stdout } = spawnSync('script', ['-qec', `stty cols 100; ${words}`, '/dev/null'], {
    cwd: directory,
    env: { ...ENVIRONMENT, TERM: 'xterm-256color', ...env },
    encoding: 'utf8',
  })
  return stdout
}

const COLOUR = '\u001b[3'
const ERASE = '\r\u001b[K'

describe.runIf(hasScript)('in a terminal', () => {
  const drift = ['drift', 'data.csv', 'data.csv']

  test('shows how far it is, takes it away, and colours the verdict', () => {
    const output = inTerminal(drift)
    const steps = output.split(ERASE)
    expect(steps).toContainEqual('reading data.csv')
    expect(steps).toContainEqual(expect.stringMatching(/^\[-{20}\] 1\/2 age$/))
    // The last step is empty: what follows it are results.
    expect(steps.at(-1)).toMatch(/^reference {2}data/)
    expect(output).toContain(COLOUR)
  })

  test.each([
    ['CI', '1'],
    ['TERM', 'dumb'],
  ])('shows no progress where %s is %s', (name, value) => {
    const output = inTerminal(drift, { [name]: value })
    expect(output).not.toContain('\r\u001b')
    expect(output).toMatch(/^(No action|Action) needed\r$/m)
  })

  test('NO_COLOR takes the colours away', () => {
    expect(inTerminal(drift, { NO_COLOR: '1' })).not.toContain(COLOUR)
  })

  test('an error stands on a line of its own', () => {
    expect(inTerminal(['drift', 'data.csv', 'none.csv'])).toContain(
      `${ERASE}tidegauge: cannot read none.csv: there is no such file\r\n`,
    )
  })

  test('a profile is not for a terminal, and goes to a file all the same', () => {
    expect(inTerminal(['profile', 'data.csv'])).toBe(
      `${ERASE}tidegauge: a profile is long JSON, not for a terminal: name a file with --out, or send it to one (> file, | program)\r\n`,
    )
    expect(inTerminal(['profile', 'data.csv', '--out', 'p.json'])).toContain('profile=p.json')
  })

  test('the terminal itself is no data', () => {
    expect(inTerminal(['drift', 'data.csv', '-'])).toContain(
      'it is the terminal: pipe data into it',
    )
  })
})
