import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { makeScratch } from '../scratch.ts'
import { type CleanText, openTexts } from './clean-texts.ts'
import { recordsSql } from './records-sql.ts'

const FOLDER = new URL('../../../../cli/test/golden-files/', import.meta.url)
const LEGEND = new URL('../../../../cli/golden/table-files.json', import.meta.url)

interface GoldenFile {
  readonly name: string
  readonly files: readonly string[]
  readonly tool: string
  readonly made: string
  readonly options: readonly string[]
  readonly pandas: { readonly na_values: readonly string[]; readonly names?: readonly string[] }
  readonly columns: Readonly<Record<'code' | 'city', readonly (string | null)[]>>
}

const { files: GOLDEN } = JSON.parse(readFileSync(LEGEND, 'utf8')) as {
  readonly files: readonly GoldenFile[]
}

const NAMES = ['code', 'amount', 'units', 'city', 'day', 'at', 'ok']

async function rowsOf(text: CleanText): Promise<(string | null)[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = await connection.runAndReadAll(`SELECT * FROM ${recordsSql(text)}`)
  connection.closeSync()
  return rows.getRows() as (string | null)[][]
}

test.each(GOLDEN)('$name: $tool, $made', async ({ files, options, pandas, columns }) => {
  const scratch = makeScratch()
  try {
    const said = options.indexOf('--encoding')
    const encoding = said < 0 ? undefined : options[said + 1]
    const paths = files.map((name) => {
      const path = fileURLToPath(new URL(name, FOLDER))
      return { path, label: name, options: { encoding } }
    })
    const opened = await openTexts(paths, scratch)
    const rows: (string | null)[][] = []
    const texts = await Promise.all(opened.map((read) => read()))
    for (const text of texts) {
      expect(text.reading.header).toBe(pandas.names === undefined)
      rows.push(...(await rowsOf(text)))
    }
    const { names } = texts[0]!
    if (pandas.names === undefined) expect(names.slice(-NAMES.length)).toEqual(NAMES)
    expect(names.length - NAMES.length).toBe(
      names[0] === 'column0' && pandas.names === undefined ? 1 : 0,
    )
    const missing = new Set(pandas.na_values)
    for (const name of ['code', 'city'] as const) {
      const at = names.length - NAMES.length + NAMES.indexOf(name)
      const cells = rows.map((row) => (row[at] === null || missing.has(row[at]!) ? null : row[at]))
      expect(cells).toEqual(columns[name])
    }
  } finally {
    scratch.remove()
  }
})
