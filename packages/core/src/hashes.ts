import { hmac } from '@noble/hashes/hmac'
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'

/** HMAC-SHA-256 of texts under one key, in hexadecimal: synchronous, in browsers too. */
export function hmacSha256(key: string): (text: string) => string {
  const secret = utf8ToBytes(key)
  return (text) => bytesToHex(hmac(sha256, secret, utf8ToBytes(text)))
}

/**
 * Tells plain data apart: the first 12 hexadecimal digits of SHA-256 of its JSON, with the keys in the order of their
 * code units, so that it does not matter who wrote the JSON and in which order.
 *
 * @example
 * contentId({ b: 1, a: [2] }) === contentId(JSON.parse('{ "a": [2], "b": 1.0 }')) // true
 */
export function contentId(value: unknown): string {
  return sha256Hex(canonicalJson(value)).slice(0, 12)
}

/** Node's own halves what an id costs; it is asked for without an import, since a browser has none. */
function sha256Hex(text: string): string {
  const { process } = globalThis as { readonly process?: Partial<NodeJS.Process> }
  const crypto = process?.getBuiltinModule?.('node:crypto')
  if (crypto !== undefined) return crypto.createHash('sha256').update(text).digest('hex')
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** What a reader of a report looks at: it follows from the same values as the numbers. */
const PICTURES: readonly string[] = ['reference', 'current', 'quantiles', 'widestGap', 'texts']

/** The {@link contentId} of a drift report: of all that it says but its own `id` and the pictures of its columns. */
export function reportId(report: { readonly columns: readonly object[] }): string {
  const columns = report.columns.map((column) =>
    Object.fromEntries(Object.entries(column).filter(([key]) => !PICTURES.includes(key))),
  )
  return contentId({ ...report, id: undefined, columns })
}

function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  let json = ''
  if (Array.isArray(value)) {
    // Bins, counts and names are most of a profile: the engine writes them faster.
    if (value.every((item) => typeof item !== 'object')) return JSON.stringify(value)
    for (const item of value) json += `${json === '' ? '' : ','}${canonicalJson(item)}`
    return `[${json}]`
  }
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [key, field] of fields) {
    if (field === undefined) continue
    json += `${json === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(field)}`
  }
  return `{${json}}`
}
