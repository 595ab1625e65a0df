import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TableInput } from '@tidegauge/core'
import { profile, type TableProfile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

/** Small files as tools write them: what the command stores of each is what it is to pandas, told the truth about it. */
const { file } = workFolder()

const FOLDER = fileURLToPath(new URL('golden-files/', import.meta.url))
const LEGEND = new URL('../golden/table-files.json', import.meta.url)

interface GoldenFile {
  readonly name: string
  readonly tool: string
  readonly options: readonly string[]
  readonly pandas: { readonly true?: string; readonly names?: readonly string[] }
  readonly columns: {
    readonly [name in 'code' | 'city' | 'day' | 'at']: readonly (string | null)[]
  } & {
    readonly [name in 'amount' | 'units']: readonly (number | null)[]
  } & { readonly ok: readonly boolean[] }
}

const { files: GOLDEN } = JSON.parse(readFileSync(LEGEND, 'utf8')) as {
  readonly files: readonly GoldenFile[]
}

/** Words for false, by those for true: no other word tells what it is a truth of. */
const FALSE: Readonly<Record<string, string>> = { t: 'f', WAHR: 'FALSCH', VRAI: 'FAUX' }

function truthOf({ columns, pandas }: GoldenFile): TableInput {
  const moments = (cells: readonly (string | null)[]) =>
    cells.map((cell) => (cell === null ? null : new Date(cell)))
  const word = pandas.true ?? 'True'
  const ok =
    word === '1'
      ? columns.ok.map(Number)
      : columns.ok.map((is) => {
          const no = FALSE[word]
          return no === undefined ? is : is ? word : no
        })
  return { ...columns, day: moments(columns.day), at: moments(columns.at), ok }
}

test.each(GOLDEN)('$name: $tool', async (golden) => {
  const out = file(`${golden.name.replace('*', '')}.json`)
  const { code, stderr } = await runCommand(
    ['profile', golden.name, '--out', out, ...golden.options, '--force'],
    FOLDER,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const stored: TableProfile = JSON.parse(readFileSync(out, 'utf8'))
  const names = Object.keys(golden.columns)
  const columns = stored.columns.slice(-names.length)
  const expected = profile(truthOf(golden))
  if (golden.pandas.names === undefined) expect(columns.map(({ name }) => name)).toEqual(names)
  expect(columns.map(({ type, profile }) => ({ type, profile }))).toEqual(
    expected.columns.map(({ type, profile }) => ({ type, profile })),
  )
})
