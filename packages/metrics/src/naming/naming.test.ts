import { expect, test } from 'vitest'
import { NAMINGS, namingOf, OPEN_TELEMETRY_INSTRUMENTS } from './naming.ts'
import { REQUEST_DURATION } from './request-duration.ts'

const keys = ['duration', 'timeToHeaders', 'requestSize', 'responseSize', 'activeRequests'] as const

test('the default names are those of OpenTelemetry in snake case, with the unit', () => {
  expect(namingOf()).toBe(NAMINGS.opentelemetry)
  const suffix = { s: '_seconds', By: '_bytes', '{request}': '' }
  for (const key of keys) {
    const { name, unit } = OPEN_TELEMETRY_INSTRUMENTS[key]
    const snake = name.replaceAll('.', '_') + suffix[unit]
    expect(NAMINGS.opentelemetry.metric(key).name).toBe(snake)
  }
  const { prometheus } = REQUEST_DURATION
  expect(namingOf().metric('duration')).toMatchObject({
    name: prometheus.name,
    help: prometheus.help,
  })
  expect(namingOf().labels).toMatchObject(prometheus.labels)
})

test.each([
  ['express-prom-bundle', ['method', 'path', 'status_code', 'error_type']],
  ['fastify-metrics', ['method', 'route', 'status_code', 'error_type']],
] as const)('%s has the names of that package', (name, labels) => {
  const naming = namingOf(name)
  expect(naming.metric('duration').name).toBe('http_request_duration_seconds')
  expect(Object.values(naming.labels)).toEqual(labels)
})

test.each(Object.entries(NAMINGS))(
  '%s gives every instrument a valid name of its own',
  (_, one) => {
    const names = keys.map((key) => one.metric(key).name)
    expect(new Set(names).size).toBe(keys.length)
    for (const name of [...names, ...Object.values(one.labels)]) {
      expect(name).toMatch(/^[a-z][a-z_]*$/)
    }
    for (const key of keys) {
      const { name, unit } = one.metric(key)
      expect(name.endsWith(`_${unit}`)).toBe(true)
    }
  },
)

test('a naming of the user is taken as it is, and an unknown name refused', () => {
  const own = { ...NAMINGS.opentelemetry }
  expect(namingOf(own)).toBe(own)
  for (const choice of ['nginx', 'toString', {}, null, 1]) {
    expect(() => namingOf(choice as never)).toThrow(/"naming" must be one of 'opentelemetry', /)
  }
})
