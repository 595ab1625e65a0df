import { ownValue } from '@tidegauge/core/internal'
import type { StoredColumn } from '../measure/measured-column.ts'
import { inUnit } from '../read/in-unit.ts'

/** The column in the unit that the caller names, else in that of the profile that it was counted beside. */
export function withUnit(
  column: StoredColumn,
  units: Readonly<Record<string, string>> | undefined,
  like: StoredColumn | undefined,
): StoredColumn {
  const beside = like?.profile.kind === 'numeric' ? like.profile.unit : undefined
  const unit = ownValue(units, column.name) ?? beside
  return unit === undefined
    ? column
    : { ...column, profile: inUnit(column.profile, column.type, unit) }
}
