import { InvalidArgumentError } from '@tidegauge/core'
import type { RuleFile } from './rule-file.ts'

/**
 * Writes a rule file as YAML that Prometheus and every other YAML parser read back as the same data.
 *
 * Every value is a string and is quoted, so that none is taken for a number, a date or a boolean; an
 * expression with quotes or line breaks is a block of plain text.
 *
 * @example
 * rulesYaml({ groups: [{ name: 'up', rules: [{ record: 'job:up:sum', expr: 'sum by (job) (up)' }] }] })
 * // groups:
 * //   - name: "up"
 * //     rules:
 * //       - record: "job:up:sum"
 * //         expr: "sum by (job) (up)"
 */
export function rulesYaml(file: RuleFile): string {
  const given: unknown = file?.groups
  if (!Array.isArray(given)) {
    const expected = 'rule groups, as prometheusRules makes them'
    throw new InvalidArgumentError('file.groups', expected, given)
  }
  if (file.groups.length === 0) return 'groups: []\n'
  const groups = file.groups.map(({ name, interval, rules }) => {
    const head = fields({ name, interval }, 4)
    if (rules.length === 0) return item(`${head}    rules: []\n`, 2)
    const items = rules.map((rule) => item(fields({ ...rule }, 8), 6))
    return item(`${head}    rules:\n${items.join('')}`, 2)
  })
  return `groups:\n${groups.join('')}`
}

type Value = string | Readonly<Record<string, string>> | undefined

/** A mapping's lines; what is undefined or empty is left out. */
function fields(mapping: Readonly<Record<string, Value>>, indent: number): string {
  return Object.entries(mapping)
    .map(([key, value]) => {
      if (value === undefined) return ''
      const start = `${' '.repeat(indent)}${plainKey(key)}:`
      if (typeof value === 'string') return `${start} ${scalar(value, indent + 2)}\n`
      const inner = fields(value, indent + 2)
      return inner === '' ? '' : `${start}\n${inner}`
    })
    .join('')
}

/** Turns the first line's indentation into a dash. */
function item(lines: string, indent: number): string {
  return `${' '.repeat(indent)}- ${lines.slice(indent + 2)}`
}

/** YAML 1.1 takes `on`, `no`, `y` and `null` for something else than a key of that name. */
function plainKey(key: string): string {
  const plain = /^[a-z][a-z_]{2,}$/.test(key) && !/^(yes|off|true|false|null)$/.test(key)
  return plain ? key : quotedYaml(key)
}

function scalar(text: string, indent: number): string {
  const plainLines = /^[!-~][ -~]*(\n *[!-~][ -~]*)*$/.test(text) // ASCII, no empty line, no break at its end
  const block = plainLines && /[\n"\\]/.test(text)
  return block ? `|-\n${text.replace(/^/gm, ' '.repeat(indent))}` : quotedYaml(text)
}

/**
 * A JSON string is a double-quoted YAML scalar, except that YAML folds or refuses some characters JSON
 * leaves bare: line breaks of other kinds, control characters, byte order marks.
 */
export function quotedYaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
