import { BUILT_IN_METHODS, type MethodChoice } from '../../plan/built-in-methods.ts'
import type { DriftMethod, EvidenceKind } from '../../plan/drift-method.ts'
import type { DetectDriftOptions } from '../../plan/options.ts'
import { semanticsOf } from '../../presets/presets.ts'
import type { SentChoice, SentMethods, SentOwnMethod } from './messages.ts'

/**
 * What was chosen for a column, by value.
 *
 * @returns null where the column's own choice is a method of the caller's: that one measures where it is
 */
export function encodeMethods(
  name: string,
  { preset, method, methods }: Pick<DetectDriftOptions, 'preset' | 'method' | 'methods'>,
): SentMethods | null {
  const own = methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined
  const sent = own === undefined ? undefined : encodeChoice(own)
  if (sent !== undefined && isOwnMethod(sent)) return null
  return {
    ...(preset === undefined ? {} : { preset: semanticsOf(preset).name! }),
    ...(method === undefined ? {} : { method: encodeGeneral(method) }),
    ...(sent === undefined ? {} : { methods: { [name]: sent } }),
  }
}

function encodeGeneral(
  method: NonNullable<DetectDriftOptions['method']>,
): NonNullable<SentMethods['method']> {
  if (typeof method === 'string' || 'name' in method || 'method' in method) {
    return encodeChoice(method as MethodChoice)
  }
  return Object.fromEntries(
    Object.entries(method).map(([type, choice]) => [type, encodeChoice(choice)]),
  )
}

function encodeChoice(choice: MethodChoice): SentChoice {
  if (typeof choice === 'string') return choice
  if ('method' in choice) {
    const { method, threshold } = choice
    const sent = encodeChoice(method)
    return isOwnMethod(sent) ? { ...sent, threshold } : { method: sent, threshold }
  }
  const builtIn = Object.values(BUILT_IN_METHODS).find((known) => known === choice)
  return builtIn?.name ?? encodeOwn(choice)
}

function encodeOwn({ name, threshold, bins, compare }: DriftMethod): SentOwnMethod {
  return { name, threshold, bins, takes: Object.keys(compare) as EvidenceKind[] }
}

export function isOwnMethod(choice: SentChoice): choice is SentOwnMethod {
  return typeof choice === 'object' && 'takes' in choice
}
