import type { MetricSample, MetricSource } from '@tidegauge/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gauge, sample, sourceOf } from '../../test/source-of.ts'
import { ByteWriter } from '../exposition/bytes.ts'
import { sampleFamily } from '../exposition/sample-family.ts'
import { renderText } from '../exposition/text/text.ts'
import { type ReadSample, readSources } from './read-sources.ts'

function read(...sources: readonly MetricSource[]) {
  const errors: string[] = []
  const families = readSources(sources, {
    maxSamples: 1000,
    report: (error) => errors.push((error as Error).message),
  })
  const samples = families.flatMap(({ parts }) => parts.flatMap(({ samples }) => samples))
  return { families, samples, errors }
}

const values = (samples: readonly ReadSample[]) => samples.map(({ value }) => value)

test('a series that another source has too is left out and told', () => {
  const { samples, errors } = read(
    sourceOf(gauge('g', ['a', 'b'], [sample(1, 'x', 'y'), sample(2, 'x', '')])),
    sourceOf(gauge('g', ['b', 'a'], [sample(3, 'y', 'x'), sample(4, 'x', 'y')])),
    sourceOf(gauge('g', ['a'], [sample(5, 'x'), sample(6, 'z')])),
  )
  expect(values(samples)).toEqual([1, 2, 4, 6])
  expect(errors).toEqual([
    '"sources[1].families()[0].samples[0]" must be the only one of its labels in g, received another',
    '"sources[2].families()[0].samples[0]" must be the only one of its labels in g, received another',
  ])
})

test('two texts that UTF-8 has as one are one series', () => {
  const { samples } = read(
    sourceOf(gauge('g', ['a'], [sample(1, 'x\ud800'), sample(2, 'x\udc00')])),
  )
  expect(samples).toMatchObject([{ labelValues: ['x\ufffd'], value: 1 }])
})

test('two series have one key where their labels are the same, and only there', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', '=', ':', '1', '3'), maxLength: 5 })
  const row = fc.tuple(text, text)
  fc.assert(
    fc.property(row, row, ([a, b], [c, d]) => {
      const { samples } = read(
        sourceOf(gauge('g', ['a', 'b'], [sample(1, a, b)])),
        sourceOf(gauge('g', ['b', 'a'], [sample(2, d, c)])),
      )
      expect(samples.length).toBe(a === c && b === d ? 1 : 2)
    }),
    {
      numRuns: 500,
      examples: [
        [
          ['1,b=2', '3'],
          ['1', '2,b=3'],
        ],
      ],
    },
  )
})

test('a page can pause at each few samples', () => {
  const samples: MetricSample[] = Array.from({ length: 1000 }, (_, i) => sample(i, `${i}`))
  const { families } = read(sourceOf(gauge('g', ['i'], samples)))
  const pieces = [...renderText(families.map(sampleFamily), new ByteWriter(1024 * 1024))]
  expect(pieces.filter((piece) => piece === null).length).toBeGreaterThan(10)
})

test('a sample of any length fits into a piece of any size', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('"', 'ü', '😀', 'a', '\n') }), {
    minLength: 1,
    maxLength: 30,
  })
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 200 }), (texts, size) => {
      const samples = texts.map((text, i) => sample(-Math.PI * 1e300, `${i}${text.repeat(5)}`))
      const { families } = read(sourceOf(gauge('g', ['text'], samples)))
      const rendering = renderText(families.map(sampleFamily), new ByteWriter(size))
      let page = ''
      for (const piece of rendering) page += piece === null ? '' : Buffer.from(piece).toString()
      expect(page.match(/\} -3\.141592653589793e\+300\n/g)).toHaveLength(texts.length)
    }),
  )
})
