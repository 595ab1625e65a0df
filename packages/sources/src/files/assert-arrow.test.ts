import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  type Column,
  columnFromArray,
  type DataType,
  float64,
  int32,
  list,
  nullType,
  tableFromArrays,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  utf8,
} from '@uwdata/flechette'
import { afterEach, describe, expect, test } from 'vitest'
import { assertArrow } from './assert-arrow.ts'

interface Case {
  readonly name: string
  readonly rows: number
  readonly bytes: string
}

const golden = JSON.parse(
  readFileSync(new URL('../../golden/arrow-files.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] }

const bytesOf = (name: string) =>
  Uint8Array.from(Buffer.from(golden.cases.find((one) => one.name === name)!.bytes, 'base64'))

function refusalOf(bytes: Uint8Array): string | null {
  try {
    assertArrow(bytes)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('whole files pass', () => {
  test.each(golden.cases)('pyarrow: $name', ({ name, rows }) => {
    expect(refusalOf(bytesOf(name))).toBe(null)
    expect(tableFromIPC(bytesOf(name)).numRows).toBe(rows)
  })

  test.each(['file', 'stream'] as const)('flechette: %s', (format) => {
    const columns: [string, Column<unknown>][] = [
      ['number', columnFromArray([1, null, 3], float64())],
      ['text', columnFromArray(['a', null, 'c'], utf8())],
      ['list', columnFromArray([[1], [], null], list(int32()))],
      ['none', columnFromArray([null, null, null], nullType())],
      ['words', columnFromArray(['a', 'b', 'a'])],
    ]
    expect(refusalOf(tableToIPC(tableFromColumns(columns), { format })!)).toBe(null)
    expect(refusalOf(tableToIPC(tableFromArrays({}), { format })!)).toBe(null)
    expect(refusalOf(nested(90))).toBe(null)
  })
})

describe('one wrong byte is refused, or read to the end with as many rows', () => {
  let worker: Worker | undefined
  afterEach(async () => {
    // Where it hangs, the test is over time, and this ends it.
    await worker?.terminate()
  })

  test.each([
    'small (file)',
    'small (stream)',
    'unions and runs (stream)',
    'a dictionary that grows (stream)',
  ])('%s', { timeout: 300_000 }, async (name) => {
    const bytes = bytesOf(name)
    const passed: [at: number, byte: number][] = []
    let refused = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      for (const wrong of new Set([byte ^ 1, byte ^ 0x80, 0, 0xff])) {
        if (wrong === byte) continue
        bytes[at] = wrong
        if (refusalOf(bytes) === null) passed.push([at, wrong])
        else refused++
      }
      bytes[at] = byte
    }
    expect(refused).toBeGreaterThan(bytes.length)

    const flechette = createRequire(import.meta.url).resolve('@uwdata/flechette')
    worker = new Worker(READER, {
      eval: true,
      workerData: { flechette: pathToFileURL(flechette).href, bytes, passed },
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    const outcomes = await new Promise<readonly string[]>((resolve, reject) => {
      worker!.once('message', resolve).once('error', reject)
    })
    const { rows } = golden.cases.find((one) => one.name === name)!
    expect(outcomes.filter((one) => one !== 'refused' && one !== `${rows} rows`)).toEqual([])
  })
})

/** Reads every cell, as `loadArrow` does. */
const READER = `
const { parentPort, workerData } = require('node:worker_threads')
const { bytes, passed, flechette } = workerData
import(flechette).then(({ default: library }) => {
  parentPort.postMessage(
    passed.map(([at, byte]) => {
      const wrong = Uint8Array.from(bytes)
      wrong[at] = byte
      let table
      try {
        table = library.tableFromIPC(wrong)
      } catch {
        return 'refused'
      }
      try {
        for (const column of table.children) {
          for (let row = 0; row < table.numRows; row++) String(column.at(row))
        }
        return table.numRows + ' rows'
      } catch (error) {
        // What a cell holds may be too large a number, wherever its byte came from.
        return /BigInt exceeds/.test(error.message) ? table.numRows + ' rows' : at + '=' + byte + ': ' + error
      }
    }),
  )
})
`

describe('what cannot be read', () => {
  test.each([
    ['nothing', new Uint8Array(0), /no schema/],
    ['text', new TextEncoder().encode('a,b\n1,2\n3,4\n'), /longer than the file/],
    ['a file cut off', bytesOf('small (file)').subarray(0, 900), /cut off/],
    [
      'a stream cut off',
      bytesOf('small (stream)').subarray(0, 1900),
      /longer than the file|cut off/,
    ],
    ['lists in lists', nested(120), /nested deeper than 100 levels/],
    ['two streams in one', twice(bytesOf('small (stream)')), /bytes behind its end/],
  ])('%s', (_, bytes, message) => {
    expect(refusalOf(bytes)).toMatch(message)
  })
})

/** A column of lists that hold lists. */
function nested(levels: number): Uint8Array {
  let type: DataType = int32()
  for (let level = 0; level < levels; level++) type = list(type)
  return tableToIPC(tableFromColumns([['deep', columnFromArray([null], type)]]), {
    format: 'stream',
  })!
}

function twice(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, ...bytes])
}
