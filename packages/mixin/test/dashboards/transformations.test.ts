import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { describeWithServer, grafanaDataFolder } from '../../../../vitest.servers.ts'
import {
  driftDashboard,
  type GrafanaDashboard,
  type GrafanaPanel,
  serviceDashboard,
  sloDashboard,
} from '../../src/index.ts'

type Row = Readonly<Record<string, string | number>>
type Columns = readonly (readonly [name: string, values: readonly unknown[]])[]

/** What each query of a panel answers: labels, and `Value`. */
type Answers = readonly (readonly Row[])[]

const panelOf = ({ panels }: GrafanaDashboard, title: string): GrafanaPanel => {
  const found = panels.find((panel) => panel.title === title)
  if (found === undefined || found.type === 'row') throw new Error(`no panel ${title}`)
  return found
}

/**
 * Frames as Grafana's Prometheus data source makes them of instant queries as tables: a time, the labels, and the value,
 * which has the name of its query where there are several.
 */
function frames(answers: Answers, named: boolean) {
  return answers.flatMap((rows, i) => {
    if (rows.length === 0) return []
    const refId = String.fromCharCode('A'.charCodeAt(0) + i)
    const labels = [...new Set(rows.flatMap(Object.keys))].filter((label) => label !== 'Value')
    return {
      refId,
      fields: [
        { name: 'Time', type: 'time', values: rows.map(() => 1_700_000_000_000), config: {} },
        ...labels.map((name) => ({
          name,
          type: 'string',
          values: rows.map((row) => row[name] ?? ''),
          config: {},
        })),
        {
          name: named ? `Value #${refId}` : 'Value',
          type: 'number',
          values: rows.map(({ Value }) => Value),
          config: {},
        },
      ],
    }
  })
}

function transformed(
  version: string,
  panel: GrafanaPanel,
  answers: Answers,
  named = true,
): Columns {
  expect(panel.targets.length).toBe(answers.length)
  const script = fileURLToPath(new URL('./transform.cjs', import.meta.url))
  const input = JSON.stringify([
    { transformations: panel.transformations, frames: frames(answers, named) },
  ])
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, grafanaDataFolder()!, version],
    { input, encoding: 'utf8', timeout: 110_000 },
  )
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  const [result] = JSON.parse(stdout) as [Columns[]]
  expect(result).toHaveLength(1)
  return result[0]!
}

/** Columns of a table that a panel names, in colours and links, must be there. */
function namedColumns({ fieldConfig }: GrafanaPanel): string[] {
  return fieldConfig.overrides.map(({ matcher }) => matcher.options)
}

describeWithServer('grafanaData', 'the transformations, by Grafana’s own library', () => {
  describe.each(['11', '13'])('version %s', (version) => {
    const age = { feature: 'age', role: 'feature', reference: 'aa' }
    const city = { feature: 'city', role: 'feature', reference: 'aa' }
    const unjudged = { feature: 'idle', role: 'feature', reference: 'aa' }
    const value = (labels: Row, Value: number): Row => ({ ...labels, Value })

    test('a row for each feature, with what is known of it', () => {
      const panel = panelOf(driftDashboard(), 'Features now')
      const columns = transformed(version, panel, [
        [value(age, 1), value(city, 0)],
        [value(age, 0.4), value(city, 0.01)],
        [value(age, 0.3)], // categories have none
        [value(age, 1e-9)],
        [value(age, 1e-8), value(city, 0.7)],
        [value(age, 0.2), value(city, 0.02)],
        [value(age, 900), value(city, 900), value(unjudged, 12)],
      ])
      expect(Object.fromEntries(columns)).toEqual({
        feature: ['age', 'city', 'idle'],
        role: ['feature', 'feature', 'feature'],
        reference: ['aa', 'aa', 'aa'],
        drifted: [1, 0, null],
        PSI: [0.4, 0.01, null],
        KS: [0.3, null, null],
        'KS p': [1e-9, null, null],
        'chi² p': [1e-8, 0.7, null],
        JS: [0.2, 0.02, null],
        values: [900, 900, 12],
      })
      for (const name of namedColumns(panel)) expect(columns.map(([one]) => one)).toContain(name)
    })

    test('bars side by side, in the order of their bins', () => {
      const panel = panelOf(driftDashboard(), '$feature: traffic against reference')
      const bin = (bin: string, range: string, Value: number): Row => ({ bin, range, Value })
      const reference = [bin('01', '(1, 2]', 0.7), bin('00', '≤ 1', 0.3)]
      const traffic = [bin('00', '≤ 1', 0.1), bin('01', '(1, 2]', 0.9)]
      expect(transformed(version, panel, [reference, traffic])).toEqual([
        ['range', ['≤ 1', '(1, 2]']],
        ['reference', [0.3, 0.7]],
        ['traffic', [0.1, 0.9]],
      ])
      // Too few values in the window: the reference alone, whose column has one name or the other.
      for (const named of [true, false]) {
        expect(transformed(version, panel, [reference, []], named)).toEqual([
          ['range', ['≤ 1', '(1, 2]']],
          ['reference', [0.3, 0.7]],
        ])
      }
    })

    test('a row for each route, and one for what matched none', () => {
      const panel = panelOf(serviceDashboard({ metric: 'fastify-metrics' }), 'Slowest routes')
      const [home, none] = [{ route: '/' }, { route: '' }]
      const columns = transformed(version, panel, [
        [value(home, 0.2)],
        [value(home, 0.1), value(none, 0.01)],
        [value(home, 5), value(none, 1)],
        [value(home, 0), value(none, 1)],
      ])
      expect(Object.fromEntries(columns)).toEqual({
        route: ['/', ''],
        p95: [0.2, null],
        mean: [0.1, 0.01],
        'requests / s': [5, 1],
        errors: [0, 1],
      })
      for (const name of namedColumns(panel)) expect(columns.map(([one]) => one)).toContain(name)
    })

    test('a route has that name whatever the label is called', () => {
      const panel = panelOf(serviceDashboard(), 'Slowest routes')
      const answer = [value({ http_route: '/' }, 1)]
      const columns = transformed(version, panel, [answer, answer, answer, answer])
      expect(columns[0]).toEqual(['route', ['/']])
    })

    test('a row for each objective, one without requests too', () => {
      const panel = panelOf(sloDashboard(), 'Objectives')
      const [up, fast] = [{ slo: 'up' }, { slo: 'fast' }]
      const columns = transformed(version, panel, [
        [value(up, 0.999), value(fast, 0.95)],
        [value(up, 0.9995)],
        [value(up, 0.5)],
        [value(up, 0.2)],
        [value(up, 6_480_000)],
        [value(up, 12)],
      ])
      expect(Object.fromEntries(columns)).toEqual({
        slo: ['up', 'fast'],
        objective: [0.999, 0.95],
        good: [0.9995, null],
        'budget left': [0.5, null],
        'burn rate': [0.2, null],
        'lasts for': [6_480_000, null],
        'requests / s': [12, null],
      })
      for (const name of namedColumns(panel)) expect(columns.map(([one]) => one)).toContain(name)
    })
  })
})
