export type ExpositionFormat = 'text' | 'openmetrics' | 'protobuf'

/**
 * The format that a scraper prefers, by its `Accept` header.
 *
 * Protobuf and OpenMetrics are sent to those who name them: a wildcard, or no header at all, means text
 * 0.0.4, and so does a header that allows none of the three. Of two that are wanted alike, protobuf comes
 * before OpenMetrics and that before text.
 *
 * @param offered - the formats that can be made
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.accept
 * @example
 * negotiateFormat('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.4') // 'openmetrics'
 */
export function negotiateFormat(
  accept: string | undefined,
  offered: readonly ExpositionFormat[] = PREFERENCE,
): ExpositionFormat {
  const ranges = parseQualities(accept ?? '')
  let chosen: ExpositionFormat = 'text'
  let best = 0
  for (const format of PREFERENCE) {
    const quality = offered.includes(format) ? qualityOf(ranges, format) : 0
    if (quality > best) {
      best = quality
      chosen = format
    }
  }
  return chosen
}

/**
 * Whether gzip may be sent, by the `Accept-Encoding` header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding
 */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = parseQualities(acceptEncoding ?? '')
  const named = codings.find(({ value }) => value === 'gzip' || value === 'x-gzip')
  const any = codings.find(({ value }) => value === '*')
  return (named ?? any ?? NOTHING).quality > 0
}

/** In the order in which they are preferred. */
const PREFERENCE: readonly ExpositionFormat[] = ['protobuf', 'openmetrics', 'text']

interface Preference {
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

const NOTHING = { quality: 0 } as const

/** Of the most specific range that includes the format. */
function qualityOf(ranges: readonly Preference[], format: ExpositionFormat): number {
  let quality = 0
  let closest = 0
  for (const range of ranges) {
    const closeness = CLOSENESS[format](range)
    if (
      closeness > closest ||
      (closeness === closest && closeness > 0 && range.quality > quality)
    ) {
      closest = closeness
      quality = range.quality
    }
  }
  return quality
}

/** How closely a range names a format; 0: not at all. */
const CLOSENESS: Readonly<Record<ExpositionFormat, (range: Preference) => number>> = {
  text({ value, parameters }) {
    if (value === '*/*') return 1
    if (value === 'text/*') return 2
    return value === 'text/plain' ? versionCloseness(parameters, '0.0.4') : 0
  },
  openmetrics({ value, parameters }) {
    return value === 'application/openmetrics-text' ? versionCloseness(parameters, '1.0.0') : 0
  },
  protobuf({ value, parameters }) {
    const named =
      value === 'application/vnd.google.protobuf' &&
      parameters.get('proto') === 'io.prometheus.client.MetricFamily' &&
      parameters.get('encoding') === 'delimited'
    return named ? 4 : 0
  },
}

function versionCloseness(parameters: ReadonlyMap<string, string>, version: string): number {
  const wanted = parameters.get('version')
  if (wanted === undefined) return 3
  return wanted === version ? 4 : 0
}

/** Entries of a header such as `a;b=c;q=0.5, d`; values and names of parameters in lower case. */
function parseQualities(header: string): Preference[] {
  return splitUnquoted(header, ',').flatMap((entry) => {
    const [value = '', ...rest] = splitUnquoted(entry, ';').map((part) => part.trim())
    if (value === '') return []
    const parameters = new Map(rest.map(parseParameter))
    return [{ value: value.toLowerCase(), parameters, quality: parseQuality(parameters.get('q')) }]
  })
}

function parseParameter(parameter: string): [name: string, value: string] {
  const equals = parameter.indexOf('=')
  if (equals < 0) return [parameter.toLowerCase(), '']
  const value = parameter.slice(equals + 1).trim()
  const text = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
  return [parameter.slice(0, equals).trim().toLowerCase(), text]
}

/** A quality that is none counts as 0: what is not understood is not sent. */
function parseQuality(text: string | undefined): number {
  if (text === undefined) return 1
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0
}

function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = []
  let quoted = false
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === '\\' && quoted) i++
    else if (character === '"') quoted = !quoted
    else if (character === separator && !quoted) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}
