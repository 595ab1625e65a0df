import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DriftReport } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory: folder } = workFolder()

test('floats of few whole values are numbers to Evidently 0.7, integers are categories', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 7}.0,${i % 7},${i % 3 ? 'a' : 'b'}`)
  for (const name of ['a.csv', 'b.csv']) {
    writeFileSync(join(folder, name), `float,whole,text\n${rows.join('\n')}\n`)
  }
  const typesBy = async (...args: string[]) => {
    const { stdout, stderr } = await runCommand(
      ['drift', 'a.csv', 'b.csv', '--json', ...args],
      folder,
    )
    expect(stderr).toBe('')
    const { columns } = JSON.parse(stdout) as DriftReport
    return columns.map(({ type, method }) => [type, method])
  }
  expect(await typesBy('--preset', 'evidently-0.7')).toEqual([
    ['numeric', 'kolmogorov-smirnov'],
    ['categorical', 'chi-square-fit'],
    ['categorical', 'z-test'],
  ])
  expect((await typesBy('--preset', 'evidently')).map(([type]) => type)).toEqual([
    'numeric',
    'numeric',
    'categorical',
  ])
})
