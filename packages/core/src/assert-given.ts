import type { BinnedProfile } from './binned-profile.ts'
import { InvalidArgumentError } from './errors.ts'

/**
 * Refuses what is no object: of `undefined` a look-up throws an error that names nothing of the caller's.
 *
 * @param expected - what it must be, and where one gets it from
 */
export function assertObject(argument: string, value: unknown, expected: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw new InvalidArgumentError(argument, expected, value)
}

/** The same of what is no list: an array, one of typed numbers, or anything else that has a length. */
export function assertList(argument: string, value: unknown, expected: string): void {
  const isObject = typeof value === 'object' && value !== null
  if (isObject && Number.isInteger((value as ArrayLike<unknown>).length)) return
  throw new InvalidArgumentError(argument, expected, value)
}

/** Refuses what is no profile of one column, or of another kind; what it holds is not looked at. */
export function assertOneProfile(
  argument: string,
  value: unknown,
  kind?: BinnedProfile['kind'],
): void {
  const { kind: found, counts } = (value ?? {}) as Partial<BinnedProfile>
  const isOfKind =
    kind === undefined ? found === 'numeric' || found === 'categorical' : found === kind
  if (isOfKind && Array.isArray(counts)) return
  const { format } = (value ?? {}) as { readonly format?: unknown }
  const isOfTable = format === 'tidegauge.table-profile'
  const expected = `a ${kind ?? 'numeric or categorical'} profile${
    isOfTable ? ', of one column: a table has one in each of its "columns"' : ''
  }`
  const received = isOfKind ? 'one without counts' : (found ?? value)
  throw new InvalidArgumentError(argument, expected, isOfTable ? 'that of a table' : received)
}
