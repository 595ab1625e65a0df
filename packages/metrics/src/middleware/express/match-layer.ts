import { isPattern, type Layer, type PathPattern } from './express-shapes.ts'
import { expressionPaths } from './express4-pattern.ts'
import { attempt, mountPattern, type PathMatcher } from './mount-pattern.ts'

export interface Step {
  readonly match: PathMatcher
  /** Which of the layer's paths it was. */
  readonly index: number
  readonly consumed: string
}

/** The first of a layer's paths that fits the front of this one. */
export function matchLayer(layer: Layer, path: string): Step | undefined {
  const matchers = layer.matchers ?? compiledOf(layer).matchers
  for (const [index, match] of matchers.entries()) {
    const matched = attempt(match, path)
    if (matched !== false) return { match, index, consumed: matched.path }
  }
  return undefined
}

/** As it was written, where that is known; else as far as the matcher tells. */
export function patternIn(layer: Layer, { match, index }: Step, path: string): PathPattern {
  return (
    patternAt(layer.rawPath, index) ??
    compiledOf(layer).patterns?.[index] ??
    mountPattern(match, path)
  )
}

/** Where a layer has one path alone. */
export function onlyPattern(layer: Layer): Layer['rawPath'] {
  if (layer.rawPath !== undefined) return layer.rawPath
  const { patterns } = compiledOf(layer)
  return patterns?.length === 1 ? patterns[0] : undefined
}

function patternAt(path: Layer['rawPath'], index: number): PathPattern | undefined {
  if (path === undefined || isPattern(path)) return path
  return path.flat(Number.POSITIVE_INFINITY)[index] as PathPattern | undefined
}

interface Compiled {
  readonly matchers: readonly PathMatcher[]
  /** One for each matcher; undefined where they cannot be read back. */
  readonly patterns: readonly string[] | undefined
}

const NOT_COMPILED: Compiled = { matchers: [], patterns: undefined }
/** Kept, for what is known of a matcher is kept by it. */
const compiled = new WeakMap<RegExp, Compiled>()

/** Express 4: an expression, and the names of its groups. */
function compiledOf({ regexp, keys = [] }: Layer): Compiled {
  if (regexp === undefined) return NOT_COMPILED
  let known = compiled.get(regexp)
  if (known === undefined) {
    const names = keys.map(({ name }) => name)
    const paths = expressionPaths(regexp, names)
    known = {
      matchers: (paths ?? [{ expression: regexp }]).map(({ expression }) =>
        expressionMatcher(expression, paths === undefined ? names : []),
      ),
      patterns: paths?.map(({ pattern }) => pattern),
    }
    compiled.set(regexp, known)
  }
  return known
}

function expressionMatcher(expression: RegExp, names: readonly (string | number)[]): PathMatcher {
  return (path) => {
    const matched = expression.exec(path)
    if (matched === null) return false
    const groups = matched.slice(1).map((value, i) => [names[i] ?? i, value] as const)
    return { path: matched[0], params: Object.fromEntries(groups) }
  }
}
