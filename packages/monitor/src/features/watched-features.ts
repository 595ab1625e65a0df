import { InvalidArgumentError } from '@tidegauge/core'
import {
  type ColumnRole,
  parseTableProfile,
  type StoredColumn,
  type TableProfile,
} from '@tidegauge/drift'
import { timeOf } from '@tidegauge/drift/internal'
import type { FeatureMonitorOptions } from '../feature-monitor-options.ts'
import { CategoricalFeature } from './categorical-feature.ts'
import { NumericFeature } from './numeric-feature.ts'
import { UnheldFeature } from './unheld-feature.ts'

/** Where each watched column of a reference is counted. */
export interface WatchedFeatures {
  /** The reference of these columns alone, without their samples: the bins are what is compared. */
  readonly reference: TableProfile
  readonly features: ReadonlyArray<NumericFeature | CategoricalFeature>
  /** Features that the reference had and its profile could not hold; none where the features were chosen. */
  readonly unheld: readonly UnheldFeature[]
  readonly numericFeatures: number
  readonly categoricalFeatures: number
  /** So many counts they need together. */
  readonly cells: number
}

type ColumnChoice = Pick<FeatureMonitorOptions, 'target' | 'prediction' | 'features'>

/**
 * @throws InvalidArgumentError where the reference lacks a column, or one cannot be counted
 * @throws UnsupportedVersionError where another version of tidegauge made it
 */
export function watchedFeatures(input: TableProfile, choice: ColumnChoice): WatchedFeatures {
  assertReference(input)
  // A copy: what is done to the caller's object later changes nothing.
  const stored = JSON.stringify({ ...input, columns: input.columns.map(withoutSample) })
  const { unprofiled = [], ...reference } = parseTableProfile(stored)
  const roles = rolesOf(reference, choice)
  const columns = reference.columns.filter(({ name }) => roles.has(name))
  const features: Array<NumericFeature | CategoricalFeature> = []
  let cells = 0
  let numericFeatures = 0
  let categoricalFeatures = 0
  for (const column of columns) {
    assertReadable(column)
    const role = roles.get(column.name)!
    const { profile } = column
    const feature =
      profile.kind === 'numeric'
        ? new NumericFeature(column, profile, role, cells, numericFeatures++)
        : new CategoricalFeature(column, profile, role, cells, categoricalFeatures++)
    features.push(feature)
    cells = feature.end
  }
  const notHeld = choice.features === undefined ? unprofiled : []
  const unheld = notHeld.map((column) => {
    const feature = new UnheldFeature(column, cells)
    cells = feature.end
    return feature
  })
  return {
    reference: { ...reference, columns, ...(notHeld.length > 0 && { unprofiled: notHeld }) },
    features,
    unheld,
    numericFeatures,
    categoricalFeatures,
    cells,
  }
}

function assertReference(reference: TableProfile): void {
  const isProfile =
    (reference as TableProfile | null)?.format === 'tidegauge.table-profile' &&
    Array.isArray(reference.columns)
  if (!isProfile) {
    throw new InvalidArgumentError(
      'reference',
      'a table profile: profile(table), or parseTableProfile(text) of a stored one',
      reference,
    )
  }
}

function rolesOf(
  reference: TableProfile,
  { target, prediction, features }: ColumnChoice,
): ReadonlyMap<string, ColumnRole> {
  const known = reference.columns.map(({ name }) => name)
  const time = timeOf(reference)
  const assertKnown = (argument: string, name: string) => {
    if (known.includes(name)) return
    throw new InvalidArgumentError(
      argument,
      `a column of the reference (${known.join(', ')}; what a profile does not hold, texts among it, cannot be chosen)`,
      name,
    )
  }
  const answers = new Map<string, ColumnRole>()
  for (const [role, name] of [
    ['target', target],
    ['prediction', prediction],
  ] as const) {
    if (name === undefined) continue
    assertKnown(role, name)
    if (answers.has(name)) throw new InvalidArgumentError(role, 'another column than target', name)
    answers.set(name, role)
  }
  if (features !== undefined && !Array.isArray(features)) {
    throw new InvalidArgumentError('features', 'an array of column names', features)
  }
  const watched = features ?? known.filter((name) => !answers.has(name) && name !== time)
  watched.forEach((name, i) => {
    assertKnown(`features[${i}]`, name)
    if (answers.has(name)) {
      throw new InvalidArgumentError(`features[${i}]`, `no ${answers.get(name)}`, name)
    }
  })
  const roles = new Map([...watched.map((name) => [name, 'feature'] as const), ...answers])
  if (roles.size === 0) {
    throw new InvalidArgumentError('reference', 'a profile with at least one column', 'none')
  }
  return roles
}

function withoutSample({ sample: _, ...column }: StoredColumn): StoredColumn {
  return column
}

function assertReadable({ name, keyCheck }: StoredColumn): void {
  if (keyCheck === undefined) return
  throw new InvalidArgumentError(
    'reference',
    'stored with the names of its categories, since requests are counted by them: profile it without `redact`, and set `drift.redact` to keep them out of reports',
    `column "${name}" under a key`,
  )
}
