import type { MetricFamily, MetricSample, MetricSource } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { counter, gauge, sample, sourceOf } from './source-of.ts'

/** A series as the backend's user reads it. */
export interface SampleRead {
  /** As the source has it: without `_total`. */
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface SourcesUnderTest {
  readonly read: () => Promise<readonly SampleRead[]>
  /** What the backend shows as the help of a family; undefined where it shows none. */
  readonly help: (name: string) => Promise<string | undefined>
  readonly stop?: () => void
  readonly close?: () => Promise<void>
}

export interface ExporterOptions {
  readonly sources: readonly MetricSource[]
  readonly maxSamples?: number
  readonly onError: (error: unknown) => void
}

export interface SourceExporterTraits {
  /** Shows what there was when it was made, and tells of families that come later. Default false. */
  readonly fixedFamilies?: boolean
  /** The backend shows the last value of a series that is there no longer. Default false. */
  readonly keepsLast?: boolean
}

const HOSTILE = [
  'a"b',
  'a\\b',
  'a\nb',
  'a\\nb',
  'a\\',
  '{a},b="c"} 1\n',
  '# EOF\n# TYPE x counter\nx 1\n',
  'ü😀',
  '\u0000\t\r\u2028',
  '__proto__',
]

/** Any text; a lone surrogate, which UTF-8 cannot have, comes out as U+FFFD. */
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', '{', '}', ',', '=', ' ', '#') }),
)

/** What every exporter of a `MetricSource` must do. `make` builds one, and a backend of its own. */
export function describeSourceContract(
  name: string,
  make: (options: ExporterOptions) => SourcesUnderTest | Promise<SourcesUnderTest>,
  { fixedFamilies = false, keepsLast = false }: SourceExporterTraits = {},
): void {
  async function setUp(
    sources: readonly MetricSource[],
    options: Omit<ExporterOptions, 'sources' | 'onError'> = {},
  ) {
    const errors: string[] = []
    const onError = (error: unknown): void => {
      errors.push((error as Error).message)
    }
    const { stop, ...made } = await make({ sources, onError, ...options })
    onTestFinished(async () => made.close?.())
    const read = async () => {
      const shown = await made.read()
      return shown.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    }
    return { ...made, read, stop, errors }
  }

  describe(`${name} keeps the contract of an exporter of sources`, () => {
    test('shows counters and gauges with their labels, values and help', async () => {
      const { read, help, errors } = await setUp([
        sourceOf(
          counter(
            'jobs',
            ['queue', 'state'],
            [sample(3, 'mail', 'done'), sample(0, 'mail', 'dead')],
          ),
          gauge('pressure_ratio', [], [sample(0.1)], 'How full it is.'),
        ),
      ])
      expect(await read()).toEqual([
        { name: 'jobs', kind: 'counter', labels: { queue: 'mail', state: 'dead' }, value: 0 },
        { name: 'jobs', kind: 'counter', labels: { queue: 'mail', state: 'done' }, value: 3 },
        { name: 'pressure_ratio', kind: 'gauge', labels: {}, value: 0.1 },
      ])
      expect(await help('jobs')).toBe('Counted.')
      expect(await help('pressure_ratio')).toBe('How full it is.')
      expect(errors).toEqual([])
    })

    test('any text of a label comes out as it went in', async () => {
      const samples = HOSTILE.map((hostile, i) => sample(i, hostile, hostile))
      const { read, errors } = await setUp([sourceOf(gauge('g', ['a', 'b'], samples))])
      const shown = new Map((await read()).map(({ labels, value }) => [value, labels]))
      HOSTILE.forEach((hostile, i) => {
        expect(shown.get(i)).toEqual({ a: hostile, b: hostile })
      })
      expect(errors).toEqual([])
    })

    test('whatever the names, texts and numbers, each series is there once', async () => {
      const finite = fc.double({ noDefaultInfinity: true, noNaN: true })
      const count = fc.oneof(fc.nat(), fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }))
      const families = fc.record({
        help: text,
        labelNames: fc.uniqueArray(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,5}$/), {
          maxLength: 4,
        }),
        rows: fc.uniqueArray(fc.tuple(text, text, text, text), {
          maxLength: 6,
          selector: (row) => row.map(wellFormed).join('\u0001'),
        }),
        values: fc.array(fc.tuple(finite, count), { minLength: 6, maxLength: 6 }),
      })
      await fc.assert(
        fc.asyncProperty(families, async ({ help, labelNames, rows, values }) => {
          const texts = rows.map((row) => row.slice(0, labelNames.length))
          const samples = (kind: 0 | 1) => texts.map((row, i) => sample(values[i]![kind], ...row))
          const exporter = await setUp([
            sourceOf(
              gauge('x_gauge', labelNames, samples(0), help),
              counter('x', labelNames, samples(1), help),
            ),
          ]).catch((error: Error) => error)
          // With fewer labels than texts, two rows may be one series: that is refused, and tested below.
          const series = texts.map((row) => JSON.stringify(row.map(wellFormed)))
          if (new Set(series).size < series.length) {
            expect(exporter).toBeInstanceOf(Error)
            return
          }
          const { read, errors } = exporter as Exclude<typeof exporter, Error>
          const expected = [
            ...samples(1).map(readAs('x', 'counter')),
            ...samples(0).map(readAs('x_gauge', 'gauge')),
          ]
          expect(await read()).toEqual(expected.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
          expect(errors).toEqual([])

          function readAs(name: string, kind: SampleRead['kind']) {
            return ({ labelValues, value }: MetricSample): SampleRead => {
              const labels = labelNames.map(
                (label, i) => [label, wellFormed(labelValues[i]!)] as const,
              )
              const shown = labels.filter(([, value]) => value !== '')
              return { name, kind, labels: Object.fromEntries(shown), value: value + 0 }
            }
          }
        }),
        { numRuns: 30 },
      )
    })

    test('a gauge may be any number', async () => {
      const numbers = [
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        5e-324,
        -1e300,
      ]
      const samples = numbers.map((value, i) => sample(value, `${i}`))
      const { read } = await setUp([sourceOf(gauge('g', ['i'], samples))])
      expect((await read()).map(({ value }) => value)).toEqual(numbers)
    })

    test('shows what its sources have when it is asked, and reading changes nothing', async () => {
      let count = 1
      const { read } = await setUp([
        {
          *families() {
            yield counter('c', [], [sample(count)])
            yield gauge('g', ['n'], [sample(-count, 'a')])
          },
        },
      ])
      expect((await read()).map(({ value }) => value)).toEqual([1, -1])
      expect((await read()).map(({ value }) => value)).toEqual([1, -1])
      count = 7
      expect((await read()).map(({ value }) => value)).toEqual([7, -7])
    })

    test('families of one name from several sources are one, whatever the order of their labels', async () => {
      const { read, errors } = await setUp([
        sourceOf(counter('c', ['model', 'bin'], [sample(1, 'a', '00')])),
        sourceOf(counter('c', ['bin', 'model'], [sample(2, '00', 'b')], 'Another help.')),
        sourceOf(counter('c', ['tenant'], [sample(3, 'acme')])),
      ])
      expect((await read()).map(({ labels, value }) => [labels, value])).toEqual(
        expect.arrayContaining([
          [{ model: 'a', bin: '00' }, 1],
          [{ model: 'b', bin: '00' }, 2],
          [{ tenant: 'acme' }, 3],
        ]),
      )
      expect(errors).toEqual([])
    })

    test('a source that fails is told, and the others are shown', async () => {
      let broken = false
      const failing: MetricSource = {
        *families() {
          yield gauge('before', [], [sample(1)])
          if (broken) throw new Error('the source is broken')
          yield gauge('after', [], [sample(2)])
        },
      }
      const inside: MetricSource = {
        *families() {
          yield gauge('inside', ['i'], items())
          yield gauge('beside', [], [sample(3)])
        },
      }
      function* items() {
        yield sample(1, 'a')
        if (broken) throw new Error('the samples are broken')
      }
      const { read, errors } = await setUp([
        failing,
        inside,
        sourceOf(gauge('rest', [], [sample(4)])),
      ])
      const names = async () => (await read()).map(({ name }) => name)
      expect(await names()).toEqual(['after', 'before', 'beside', 'inside', 'rest'])
      broken = true
      const rest = ['before', 'beside', 'rest']
      expect(await names()).toEqual(keepsLast ? expect.arrayContaining(rest) : rest)
      expect(new Set(errors)).toEqual(new Set(['the source is broken', 'the samples are broken']))
      broken = false
      expect(await names()).toEqual(['after', 'before', 'beside', 'inside', 'rest'])
    })

    test.each<[what: string, bad: unknown, told: RegExp]>([
      ['a negative count', sample(-1, 'x'), /samples\[1\]\.value" must be finite and at least 0/],
      ['a count that is no number', { labelValues: ['x'], value: 1n }, /value" must be a number/],
      ['a count of NaN', sample(Number.NaN, 'x'), /value" must be finite/],
      ['too few label values', sample(1), /labelValues" must be an array of 1/],
      [
        'a label value that is no text',
        { labelValues: [1], value: 1 },
        /labelValues\[0\]" must be text/,
      ],
      ['a series that is there already', sample(9, 'good'), /the only one of its labels in c/],
      ['nothing at all', undefined, /labelValues" must be/],
    ])('%s is left out and told', async (_, bad, told) => {
      let samples: unknown[] = [sample(1, 'good')]
      const { read, errors } = await setUp([
        { families: () => [counter('c', ['l'], samples as MetricSample[])] },
      ])
      samples = [sample(1, 'good'), bad, sample(2, 'better')]
      expect((await read()).map(({ labels, value }) => [labels.l, value])).toEqual([
        ['better', 2],
        ['good', 1],
      ])
      expect(errors.length).toBeGreaterThan(0)
      for (const error of errors) expect(error).toMatch(told)
    })

    test.each<[what: string, bad: unknown, told: RegExp]>([
      ['no metric name', gauge('a-b', [], []), /\.name" must be a Prometheus metric name/],
      ['a line feed in the name', gauge('a\nb 1', [], []), /\.name" must be a Prometheus/],
      ['the suffix already', counter('jobs_total', [], []), /without _total/],
      ['no label name', gauge('a', ['b-c'], []), /labelNames\[0\]" must be a Prometheus label/],
      ['a reserved label name', gauge('a', ['__name__'], []), /must be a Prometheus label name/],
      ['one label twice', gauge('a', ['b', 'b'], []), /labelNames\[1\]" must be a name that no/],
      ['another kind', { ...gauge('a', [], []), kind: 'histogram' }, /'counter' or 'gauge'/],
      ['no help', { ...gauge('a', [], []), help: undefined }, /\.help" must be text/],
      ['a name of another kind', counter('pressure', [], []), /that of no other metric/],
      ['a name as a counter has it', gauge('done_total', [], []), /that of no other metric/],
    ])('a family with %s is refused where it is handed over', async (_, bad, told) => {
      const good = sourceOf(gauge('pressure', [], [sample(1)]), counter('done', [], [sample(1)]))
      await expect(async () => setUp([good, sourceOf(bad as MetricFamily)])).rejects.toThrow(told)
    })

    test('what is no source is refused', async () => {
      await expect(async () => setUp([{} as MetricSource])).rejects.toThrow(
        /"sources\[0\]" must be/,
      )
      await expect(async () => setUp([], { maxSamples: 0 })).rejects.toThrow(/"maxSamples" must be/)
    })

    test.skipIf(fixedFamilies)(
      'a family that comes later is shown, or told where it cannot be',
      async () => {
        let families = [gauge('first', [], [sample(1)])]
        const { read, errors } = await setUp([{ families: () => families }])
        families = [gauge('first', [], [sample(1)]), gauge('second', [], [sample(2)])]
        expect((await read()).map(({ name }) => name)).toEqual(['first', 'second'])
        families = [gauge('first', [], [sample(1)]), gauge('no name', [], [sample(2)])]
        expect((await read()).map(({ name }) => name)).toEqual(['first'])
        expect(errors).toEqual([
          expect.stringMatching(/families\(\)\[1\]\.name" must be a Prometheus/),
        ])
      },
    )

    test.runIf(fixedFamilies)('a family that comes later is told', async () => {
      let families = [gauge('first', [], [sample(1)])]
      const { read, errors } = await setUp([{ families: () => families }])
      families = [gauge('first', [], [sample(1)]), gauge('second', [], [sample(2)])]
      expect((await read()).map(({ name }) => name)).toEqual(['first'])
      expect(errors).toEqual([expect.stringContaining('second later')])
    })

    test('stop() shows nothing more, and is idempotent', async (context) => {
      const { read, stop } = await setUp([sourceOf(gauge('g', [], [sample(1)]))])
      context.skip(stop === undefined)
      expect(await read()).toHaveLength(1)
      stop!()
      stop!()
      if (!keepsLast) expect(await read()).toEqual([])
    })

    test('what exceeds the limit of a source is left out and told, without an end too', async () => {
      function* endless() {
        for (let i = 0; ; i++) yield sample(i, `${i}`)
      }
      function* empty() {
        for (let i = 0; ; i++) yield gauge(`empty_${i}`, [], [])
      }
      const { read, errors } = await setUp(
        [
          { families: () => [gauge('a', ['i'], endless()), gauge('never', [], [sample(1)])] },
          { families: () => empty() },
          sourceOf(gauge('b', [], [sample(1)])),
        ],
        { maxSamples: 3 },
      )
      const shown = (await read()).map(({ name, value }) => `${name} ${value}`)
      expect(shown).toEqual(['a 0', 'a 1', 'a 2', 'b 1'])
      expect(errors.length).toBeGreaterThanOrEqual(2)
      for (const error of errors) expect(error).toContain('has more than 3 samples')
    })
  })
}

function keyOf({ name, labels, value }: SampleRead): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([name, sorted, sorted.length === 0 ? value : 0])
}

/** What an encoder of the platform makes of it. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
