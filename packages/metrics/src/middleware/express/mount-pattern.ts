import { segmentsOf } from './path-segments.ts'

/** Matches the front of a path, as a router's layer does; it may throw on a path that cannot be decoded. */
export type PathMatcher = (path: string) => PathMatch | false

export interface PathMatch {
  /** The part that was consumed. */
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Stands for a mount whose pattern cannot be told. */
export const UNKNOWN_MOUNT = '/*'

const SENTINEL = 'tidegauge-probe'
const MAX_SEGMENTS = 32
const MAX_LITERAL = 64

/** One segment: its text in the pattern, and whether it stands for itself. */
interface Segment {
  readonly text: string
  readonly literal: boolean
}

/**
 * The pattern behind a compiled matcher, for the routers that keep none: Express 4, and router before 2.3.
 *
 * A segment counts as literal where no change to it matches. Any other is the parameter that took the
 * changed value, or `*` where none did. A parameter that is found in no segment leaves the whole pattern
 * unknown, so that a value of the request never becomes part of a label. Where case does not matter the
 * literals are in lower case.
 *
 * @param sample - a path that matches
 * @example
 * mountPattern(match, '/org/acme/users/7') // '/org/:org', where match was compiled from it
 */
export function mountPattern(match: PathMatcher, sample: string): string {
  const matched = attempt(match, sample)
  if (matched === false) return UNKNOWN_MOUNT
  const values = segmentsOf(matched.path)
  if (values.length > MAX_SEGMENTS) return UNKNOWN_MOUNT
  const known = patternsOf(match)
  const hit = known.find(({ segments }) => fits(segments, values))
  if (hit !== undefined) return hit.text

  const located = new Set<string>()
  const segments = values.map((_, i) => probeSegment(match, values, i, located))
  const params = Object.keys(matched.params).filter((name) => matched.params[name] !== undefined)
  if (!params.every((name) => located.has(name))) return UNKNOWN_MOUNT
  const text = collapse(segments.map((segment) => segment.text))
  if (!text.includes('/*') && known.length < MAX_SEGMENTS) known.push({ segments, text })
  return text
}

interface KnownPattern {
  readonly segments: readonly Segment[]
  readonly text: string
}

const knownPatterns = new WeakMap<PathMatcher, KnownPattern[]>()

function patternsOf(match: PathMatcher): KnownPattern[] {
  let known = knownPatterns.get(match)
  if (known === undefined) {
    known = []
    knownPatterns.set(match, known)
  }
  return known
}

function fits(segments: readonly Segment[], values: readonly string[]): boolean {
  return (
    segments.length === values.length &&
    segments.every(
      ({ literal, text }, i) => !literal || text === values[i] || text === values[i]!.toLowerCase(),
    )
  )
}

function probeSegment(
  match: PathMatcher,
  values: readonly string[],
  i: number,
  located: Set<string>,
): Segment {
  const value = values[i]!
  for (const changed of changesOf(value)) {
    const probed = matchWhole(match, values.with(i, changed))
    if (probed === false) continue
    return { literal: false, text: nameOf(probed.params, changed, located) }
  }
  if (value.length > MAX_LITERAL) return { literal: false, text: '*' }
  const lower = value.toLowerCase()
  const caseMatters = matchWhole(match, values.with(i, lower)) === false
  return { literal: true, text: caseMatters ? value : lower }
}

/** Another word, a longer one, and for each character its neighbours: some character class would take one. */
function* changesOf(value: string): Generator<string> {
  yield SENTINEL
  yield `${value}0`
  yield `${value}a`
  for (let i = 0; i < Math.min(value.length, MAX_LITERAL); i++) {
    for (const step of [1, -1]) {
      const neighbour = String.fromCharCode(value.charCodeAt(i) + step)
      yield value.slice(0, i) + neighbour + value.slice(i + 1)
    }
  }
}

function nameOf(
  params: Readonly<Record<string, unknown>>,
  value: string,
  located: Set<string>,
): string {
  for (const [name, param] of Object.entries(params)) {
    const single = param === value
    const parts = Array.isArray(param) ? param : typeof param === 'string' ? param.split('/') : []
    if (!single && !parts.includes(value)) continue
    located.add(name)
    if (/^\d+$/.test(name)) return '*'
    return single ? `:${name}` : `*${name}`
  }
  return '*'
}

/** A wildcard takes any number of segments and is written once. */
function collapse(texts: readonly string[]): string {
  const once = texts.filter((text, i) => !(text.startsWith('*') && text === texts[i - 1]))
  return once.map((text) => `/${text}`).join('')
}

function matchWhole(match: PathMatcher, values: readonly string[]): PathMatch | false {
  const matched = attempt(match, `/${values.join('/')}`)
  if (matched === false) return false
  const consumed = segmentsOf(matched.path)
  return consumed.length === values.length && consumed.every((text, i) => text === values[i])
    ? matched
    : false
}

/** Decoding a parameter throws on a stray percent sign; to a router that is no match. */
export function attempt(match: PathMatcher, path: string): PathMatch | false {
  try {
    return match(path)
  } catch {
    return false
  }
}
