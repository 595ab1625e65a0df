import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
  Summary,
} from 'prom-client'
import { describe, expect, test } from 'vitest'
import { decodeFamilies } from '../../../test/metric-family.ts'
import { renderAll } from '../rendering.ts'
import { registryFormat, renderRegistry } from './registry-page.ts'

const hostile = 'a"b\\c\nd} # {x="y"} 1 ü'

function filled(registers: Registry[]): void {
  const counter = new Counter({
    name: 'jobs_total',
    help: 'Jobs\ndone.',
    labelNames: ['kind'],
    registers,
  })
  counter.inc({ kind: hostile }, 3)
  new Gauge({ name: 'depth', help: 'Depth.', registers }).set(-1.5)
  const histogram = new Histogram({
    name: 'wait_seconds',
    help: 'Waits.',
    labelNames: ['queue'],
    buckets: [0.5, 1],
    registers,
  })
  for (const seconds of [0.25, 0.75, 9]) histogram.observe({ queue: 'a' }, seconds)
  histogram.observe({ queue: 'b' }, 1)
  const summary = new Summary({ name: 'size_bytes', help: 'Sizes.', percentiles: [0.5], registers })
  summary.observe(7)
}

async function textPage() {
  const registry = new Registry()
  filled([registry])
  return { format: 'text', text: await registry.metrics() } as const
}

async function openMetricsPage() {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  filled([registry as never])
  const exemplars = new Histogram({
    name: 'traced_seconds',
    help: 'With exemplars.',
    buckets: [1],
    enableExemplars: true,
    registers: [registry as never],
  })
  exemplars.observe({ value: 0.5, exemplarLabels: { trace_id: 'abc' } } as never)
  return { format: 'openmetrics', text: await registry.metrics() } as const
}

describe('a page in text 0.0.4', () => {
  test('goes into text as it is', async () => {
    const page = await textPage()
    expect(renderAll(renderRegistry(page, 'text')).toString()).toBe(page.text)
  })

  test('is cut nowhere inside of a character', () => {
    const text = `${'x'.repeat(64 * 1024 - 1)}😀 1\n`
    expect(renderAll(renderRegistry({ format: 'text', text }, 'text')).toString()).toBe(text)
  })

  test('ends with a line feed where it had none', () => {
    const page = { format: 'text', text: 'up 1' } as const
    expect(renderAll(renderRegistry(page, 'text')).toString()).toBe('up 1\n')
  })

  test('becomes the families that it stands for in protobuf', async () => {
    const bytes = renderAll(renderRegistry(await textPage(), 'protobuf'))
    expect(decodeFamilies(bytes)).toEqual([
      {
        name: 'jobs_total',
        help: 'Jobs\ndone.',
        type: 'COUNTER',
        metric: [{ label: [{ name: 'kind', value: hostile }], counter: { value: 3 } }],
      },
      { name: 'depth', help: 'Depth.', type: 'GAUGE', metric: [{ gauge: { value: -1.5 } }] },
      {
        name: 'wait_seconds',
        help: 'Waits.',
        type: 'HISTOGRAM',
        metric: [
          {
            label: [{ name: 'queue', value: 'a' }],
            histogram: {
              sampleCount: 3,
              sampleSum: 10,
              bucket: [
                { cumulativeCount: 1, upperBound: 0.5 },
                { cumulativeCount: 2, upperBound: 1 },
                { cumulativeCount: 3, upperBound: Number.POSITIVE_INFINITY },
              ],
            },
          },
          {
            label: [{ name: 'queue', value: 'b' }],
            histogram: {
              sampleCount: 1,
              sampleSum: 1,
              bucket: [
                { cumulativeCount: 0, upperBound: 0.5 },
                { cumulativeCount: 1, upperBound: 1 },
                { cumulativeCount: 1, upperBound: Number.POSITIVE_INFINITY },
              ],
            },
          },
        ],
      },
      {
        name: 'size_bytes',
        help: 'Sizes.',
        type: 'SUMMARY',
        metric: [
          { summary: { sampleCount: 1, sampleSum: 7, quantile: [{ quantile: 0.5, value: 7 }] } },
        ],
      },
    ])
  })

  test('has its samples without a type, its timestamps and its infinities in protobuf', () => {
    const text = 'a 1 1700000000123\nb{x="1"} +Inf\nb{x="2"} Nan\n# a comment\nc -Inf -5\n'
    expect(decodeFamilies(renderAll(renderRegistry({ format: 'text', text }, 'protobuf')))).toEqual(
      [
        {
          name: 'a',
          help: '',
          type: 'UNTYPED',
          metric: [{ untyped: { value: 1 }, timestampMs: 1700000000123 }],
        },
        {
          name: 'b',
          help: '',
          type: 'UNTYPED',
          metric: [
            {
              label: [{ name: 'x', value: '1' }],
              untyped: { value: Number.POSITIVE_INFINITY },
            },
            { label: [{ name: 'x', value: '2' }], untyped: { value: Number.NaN } },
          ],
        },
        {
          name: 'c',
          help: '',
          type: 'UNTYPED',
          metric: [{ untyped: { value: Number.NEGATIVE_INFINITY } }],
        },
      ],
    )
  })

  test.each(['NaN', '+Inf', '-3', '1e300'])('with a count of %s is still written', (count) => {
    const text = `# TYPE a histogram\na_bucket{le="+Inf"} ${count}\na_sum 1\na_count ${count}\n`
    const [family] = decodeFamilies(renderAll(renderRegistry({ format: 'text', text }, 'protobuf')))
    expect(family!.metric).toHaveLength(1)
  })

  test.each(['a{', 'a{b="c} 1', 'a{b=c} 1', 'a', 'a x', '{b="c"} 1', 'a 1 2 3', 'a{b="c"}'])(
    'is refused for protobuf with the line %j',
    (line) => {
      const page = { format: 'text', text: `up 1\n${line}\n` } as const
      expect(() => renderAll(renderRegistry(page, 'protobuf'))).toThrow('line 2')
    },
  )

  test('becomes OpenMetrics in which every series is called as it was', async () => {
    const { text } = await textPage()
    const converted = renderAll(renderRegistry({ format: 'text', text }, 'openmetrics')).toString()
    const lines = (page: string) => page.split('\n').filter((line) => !/^(#|$)/.test(line))
    expect(lines(converted)).toEqual(lines(text))
    expect(converted).toContain('# HELP jobs Jobs\\ndone.\n# TYPE jobs counter\njobs_total{')
    expect(converted).toContain('# TYPE depth gauge\ndepth -1.5\n')
    expect(converted).toContain('# TYPE wait_seconds histogram\n')
    expect(converted).toContain('# TYPE size_bytes summary\n')
    expect(converted).not.toContain('EOF')
  })

  test('has counters without the suffix, or with one that is taken, as unknown in OpenMetrics', () => {
    const text =
      '# HELP hits "Hits"\n# TYPE hits counter\nhits 1\n' +
      '# TYPE open_total gauge\nopen_total 2\n' +
      '# TYPE a_total counter\na_total{x="1"} 3 1700000000500\n# TYPE a gauge\na Nan\n' +
      '# TYPE ours_total counter\nours_total 4\n# TYPE b untyped\nb +Inf\nc  5 \n'
    const rendering = renderRegistry(
      { format: 'text', text },
      'openmetrics',
      (name) => name === 'ours',
    )
    expect(renderAll(rendering).toString()).toBe(
      '# HELP hits \\"Hits\\"\n# TYPE hits unknown\nhits 1\n' +
        '# TYPE open_total gauge\nopen_total 2\n' +
        '# TYPE a_total unknown\na_total{x="1"} 3 1700000000.5\n# TYPE a gauge\na NaN\n' +
        '# TYPE ours_total unknown\nours_total 4\n# TYPE b unknown\nb +Inf\n# TYPE c unknown\nc 5\n',
    )
  })
})

describe('a page in OpenMetrics', () => {
  test('goes into OpenMetrics as it is, but for its end', async () => {
    const page = await openMetricsPage()
    expect(`${renderAll(renderRegistry(page, 'openmetrics'))}# EOF\n`).toBe(page.text)
  })

  test('becomes text 0.0.4: counters by their samples, no exemplars, no end', async () => {
    const text = renderAll(renderRegistry(await openMetricsPage(), 'text')).toString()
    expect(text).toContain(
      '# TYPE jobs_total counter\njobs_total{kind="a\\"b\\\\c\\nd} # {x=\\"y\\"} 1 ü"} 3\n',
    )
    expect(text).toContain('# HELP jobs_total Jobs\\ndone.\n')
    expect(text).toContain('traced_seconds_bucket{le="1"} 1\n')
    expect(text).not.toContain('trace_id')
    expect(text).not.toContain('EOF')
  })

  test('has its timestamps in milliseconds in text, and no times of creation', () => {
    const text =
      '# TYPE a counter\n# UNIT a x\na_total 2 1700000000.5\na_created 1600000000\n' +
      '# TYPE b info\nb_info{v="1"} 1\n# EOF\n'
    expect(renderAll(renderRegistry({ format: 'openmetrics', text }, 'text')).toString()).toBe(
      '# HELP a_total \n# TYPE a_total counter\na_total 2 1700000000500\n' +
        '# HELP b_info \n# TYPE b_info gauge\nb_info{v="1"} 1\n',
    )
  })

  test('keeps its exemplars in protobuf', async () => {
    const families = decodeFamilies(renderAll(renderRegistry(await openMetricsPage(), 'protobuf')))
    const traced = families.find(({ name }) => name === 'traced_seconds')
    expect(traced!.metric![0]!.histogram!.bucket![0]).toMatchObject({
      cumulativeCount: 1,
      exemplar: { label: [{ name: 'trace_id', value: 'abc' }], value: 0.5 },
    })
    expect(families.find(({ name }) => name === 'jobs_total')).toMatchObject({ type: 'COUNTER' })
  })
})

test('a registry of another format is refused', () => {
  const registry = { contentType: 'application/json', metrics: () => '' }
  expect(() => registryFormat(registry)).toThrow(
    '"registry.contentType" must be text 0.0.4 or OpenMetrics, received application/json',
  )
})
