/** One of the paths behind a layer of Express 4, which keeps an expression and not what it was made from. */
export interface ExpressionPath {
  /** As it was written: `/org/:org`. */
  readonly pattern: string
  readonly expression: RegExp
}

/**
 * The paths behind an expression that path-to-regexp 0.1 made from a text, or from several: `['/v1', '/v2']`.
 *
 * Read back token by token. Whatever is not exactly what that version writes for a path leaves the whole unknown:
 * an expression of the user's own, or a path with operators of expressions in it.
 *
 * @param keys - the names of its groups, in order
 * @returns undefined where it cannot be read back
 * @example
 * expressionPaths(/^\/org(?:\/([^/]+?))\/?(?=\/|$)/i, ['org']) // [{ pattern: '/org/:org', … }]
 */
export function expressionPaths(
  { source, flags }: RegExp,
  keys: readonly (string | number)[],
): readonly ExpressionPath[] | undefined {
  const names = keys.values()
  const paths: ExpressionPath[] = []
  for (const alternative of alternatives(source)) {
    const pattern = readBack(alternative, names)
    if (pattern === undefined) return undefined
    paths.push({ pattern, expression: new RegExp(alternative, flags) })
  }
  return names.next().done ? paths : undefined
}

/** Those that each begin anew: a bar inside of a group is no end. */
function alternatives(source: string): string[] {
  // As older versions wrap a list.
  const list = /^\(\?:(\^.*)\)$/s.exec(source)?.[1] ?? source
  const found: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '\\') i++
    else if (list[i] === '(') depth++
    else if (list[i] === ')') depth--
    else if (depth === 0 && list.startsWith('|^', i)) {
      found.push(list.slice(from, i))
      from = i + 1
    }
  }
  return [...found, list.slice(from)]
}

/** What follows the path in a mount, and in a route; without a slash where the router is strict. */
const END = /\/?\??(?:\(\?=\/\|\$\)|\$)$/
const PARAMETER = /\(\?:(\\?\.)?(\/)?\(/y
const PLAIN = /[^\\^$.*+?()[\]{}|]/y
const ESCAPED = /\\([^a-zA-Z0-9])/y

/** @returns undefined where it is not what path-to-regexp writes for a path */
function readBack(expression: string, names: Iterator<string | number>): string | undefined {
  // A source that was made from text escapes its slashes, but not those in classes.
  const text = expression.replaceAll('\\/', '/')
  const end = END.exec(text)
  if (!text.startsWith('^') || end === null) return undefined
  const body = text.slice(1, end.index)
  let pattern = ''
  let at = 0
  const take = (token: RegExp): RegExpExecArray | null => {
    token.lastIndex = at
    const taken = token.exec(body)
    if (taken !== null) at = token.lastIndex
    return taken
  }
  while (at < body.length) {
    const parameter = take(PARAMETER)
    if (parameter !== null) {
      const capture = upToBracket(body, at)
      const rest = capture && REST.exec(body.slice(at + capture.length))
      if (!rest) return undefined
      at += capture.length + rest[0].length
      const [, dot = '', slash = ''] = parameter
      const custom = DEFAULT_CAPTURE.test(capture) ? '' : `(${capture})`
      // A group within would have a name of its own.
      if (/(?<!\\)\((?!\?)/.test(capture)) return undefined
      const { value } = names.next()
      pattern += `${slash}${dot && '.'}:${value}${custom}${rest[1] ?? ''}`
    } else if (body.startsWith('(.*)', at)) {
      at += 4
      names.next()
      pattern += '*'
    } else {
      const literal = take(PLAIN)?.[0] ?? take(ESCAPED)?.[1]
      if (literal === undefined) return undefined
      pattern += literal
    }
  }
  return pattern === '' ? '/' : pattern
}

/** After the capture: its bracket, that of the parameter, and whether it may be absent. */
const REST = /^\)\)(\?)?/
const DEFAULT_CAPTURE = /^(?:\[\^\/(?:\\?\.)?\]\+\?|\(\?:\(\?![^()]*\)\.\)\+\?)$/

/** The text from there to the bracket that closes it. */
function upToBracket(text: string, from: number): string | undefined {
  let depth = 0
  let inClass = false
  for (let i = from; i < text.length; i++) {
    const character = text[i]
    if (character === '\\') i++
    else if (inClass) inClass = character !== ']'
    else if (character === '[') inClass = true
    else if (character === '(') depth++
    else if (character === ')' && depth-- === 0) return text.slice(from, i)
  }
  return undefined
}
