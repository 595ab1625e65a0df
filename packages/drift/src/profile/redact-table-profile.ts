import { InvalidArgumentError } from '@tidegauge/core'
import { toldReading } from '../reading/told-reading.ts'
import { redactor } from './redaction.ts'
import { currentTableProfile, madeProfile, type TableProfile } from './table-profile.ts'

/**
 * Put codes in the place of the names of categories, as `profile` does with the option `redact`: for a profile
 * that was counted elsewhere, or stored before there was a key. Of how its cells were read, the example of what did not
 * fit goes, and spellings of missing values that are not among the usual ones.
 *
 * @param key - at least 8 characters, secret
 * @throws InvalidArgumentError where the key is too short, or a column was redacted already
 * @example
 * redactTableProfile(parseTableProfile(json), key) // the same as profile(january, { redact: key })
 */
export function redactTableProfile(table: TableProfile, key: string): TableProfile {
  const redaction = redactor('key', key)
  const current = currentTableProfile('table', table)
  const columns = current.columns.map((column) => {
    const { name, type, profile, reading, ...others } = column
    const rest = {
      ...others,
      ...(reading !== undefined && { reading: toldReading(reading, true) }),
    }
    if (profile.kind !== 'categorical') return { name, type, profile, ...rest }
    if (column.keyCheck !== undefined) {
      const received = `column "${column.name}" with codes`
      throw new InvalidArgumentError('table', 'a profile that holds names', received)
    }
    const { keyCheck } = redaction
    return { name, type, profile: redaction.profile(profile), keyCheck, ...rest }
  })
  return madeProfile({ ...current, columns })
}
