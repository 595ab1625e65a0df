import type { GrafanaDashboard } from './grafana-dashboard.ts'

const WIDTH = 100

/**
 * The dashboard as Grafana imports it: the same text for the same dashboard, each time, with a line for each
 * field, so that a change reads well where the file is kept under version control.
 *
 * @example
 * writeFileSync('service.json', dashboardJson(serviceDashboard()))
 */
export function dashboardJson(dashboard: GrafanaDashboard): string {
  return `${lines(dashboard, 0, 0)}\n`
}

/** Lists of plain values that fit stand on one line, as formatters write them. */
function lines(value: unknown, indent: number, before: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = ' '.repeat(indent + 2)
  const end = `\n${' '.repeat(indent)}`
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every((item) => typeof item !== 'object')) {
      const one = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
      if (before + one.length < WIDTH) return one
    }
    const items = value.map((item) => inner + lines(item, indent + 2, indent + 2))
    return `[\n${items.join(',\n')}${end}]`
  }
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  if (entries.length === 0) return '{}'
  const fields = entries.map(([key, field]) => {
    const start = `${inner}${JSON.stringify(key)}: `
    return start + lines(field, indent + 2, start.length)
  })
  return `{\n${fields.join(',\n')}${end}}`
}
