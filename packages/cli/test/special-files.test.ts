import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { COMMAND, ENVIRONMENT, runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

beforeAll(() => {
  writeFileSync(file('a.csv'), `x\n${Array.from({ length: 40 }, (_, i) => i).join('\n')}\n`)
})

/** Whatever writes a file, by the option that names where. */
const WRITERS: ReadonlyArray<readonly [name: string, (out: string) => string[]]> = [
  ['profile', (out) => ['profile', 'a.csv', '--force', '--out', out]],
  ['rules', (out) => ['rules', '--force', '--out', out]],
]

describe.skipIf(process.platform === 'win32')('--out --force never replaces', () => {
  const cannotMake = process.getuid?.() !== 0
  test.skipIf(cannotMake).each(WRITERS)(
    'a device: %s (skipped where none can be made)',
    async (name, args) => {
      const node = `node-${name}`
      execFileSync('mknod', ['-m', '666', file(node), 'c', '1', '3'])
      const { code, stdout, stderr } = await runCommand(args(node), directory)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`=${node} `)
      expect(lstatSync(file(node)).isCharacterDevice()).toBe(true)
      rmSync(file(node))
    },
  )

  test.skipIf(cannotMake)('a device in the place of a report or a dashboard', async () => {
    for (const path of ['reports/drift_a_vs_a.json', 'grafana/drift.json']) {
      execFileSync('mkdir', ['-p', file(path.split('/')[0]!)])
      execFileSync('mknod', ['-m', '666', file(path), 'c', '1', '3'])
    }
    const drift = ['drift', 'a.csv', 'a.csv', '--out', 'reports', '--force']
    expect(await runCommand(drift, directory)).toMatchObject({ code: 0, stderr: '' })
    const dashboards = ['dashboards', '--out', 'grafana', '--force']
    expect(await runCommand(dashboards, directory)).toMatchObject({ code: 0, stderr: '' })
    expect(lstatSync(file('reports/drift_a_vs_a.json')).isCharacterDevice()).toBe(true)
    expect(lstatSync(file('grafana/drift.json')).isCharacterDevice()).toBe(true)
    expect(readFileSync(file('reports/drift_a_vs_a.html'), 'utf8')).toContain('</html>')
  })

  test.each(WRITERS)('a link: %s', async (name, args) => {
    symlinkSync(`target-${name}`, file(`link-${name}`))
    const { code, stderr } = await runCommand(args(`link-${name}`), directory)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lstatSync(file(`link-${name}`)).isSymbolicLink()).toBe(true)
    expect(lstatSync(file(`target-${name}`)).isFile()).toBe(true)
  })

  test('a folder, which is said', async () => {
    const { code, stderr } = await runCommand(['profile', 'a.csv', '--out', '.'], directory)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'tidegauge: . is a folder, and is not replaced\n',
    })
  })

  test('standard output by its path, be it a pipe, a file or a file that is added to', async () => {
    const words = [...COMMAND, 'profile', 'a.csv', '--out', '/dev/stdout'].join(' ')
    const shell = (script: string) =>
      spawnSync('bash', ['-c', script], { cwd: directory, env: ENVIRONMENT, encoding: 'utf8' })
    const line = 'profile=/dev/stdout rows=40 columns=1\n'
    const whole = new RegExp(`^\\{"format":"tidegauge\\.table-profile".*\\}\\n${line}$`)
    expect(shell(`${words} | cat`)).toMatchObject({
      stderr: '',
      stdout: expect.stringMatching(whole),
    })
    // What Node gives a child as its standard output is a socket.
    expect(
      (await runCommand(['profile', 'a.csv', '--out', '/dev/stdout'], directory)).stdout,
    ).toMatch(whole)
    shell(`${words} > written; echo before > added; ${words} >> added`)
    expect(readFileSync(file('written'), 'utf8')).toMatch(whole)
    expect(readFileSync(file('added'), 'utf8')).toMatch(/^before\n\{"format"/)
    expect(lstatSync('/dev/stdout').isSymbolicLink()).toBe(true)
    expect(readdirSync('/dev').filter((name) => name.includes('.draft'))).toEqual([])
  })
})
