import { profile } from '@tidegauge/drift'
import { type FeatureMonitor, featureMonitor } from '../src/feature-monitor.ts'

const rows = Array.from({ length: 600 }, (_, i) => ({
  distance: 100 + ((i * 37) % 600),
  carrier: ['AA', 'UA', 'DL'][i % 3]!,
  delay: (i * 53) % 97,
}))

/** Watches `distance`, `carrier` and the prediction `delay`. */
export function flightMonitor(): FeatureMonitor {
  return featureMonitor({ reference: profile(rows), model: 'flights', prediction: 'delay' })
}

export const FLIGHT = { distance: 300, carrier: 'UA', delay: 12 }

/** Of each column: how many values were counted, and how many were missing or of the wrong type. */
export interface Tally {
  readonly values: number
  readonly missing: number
  readonly invalid: number
}

/** What has been counted, by column. */
export function tally(monitor: FeatureMonitor): Record<string, Tally> {
  const tallies: Record<string, { values: number; missing: number; invalid: number }> = {}
  for (const { name, labelNames, samples } of monitor.families()) {
    const field = FIELDS[name]
    if (field === undefined) continue
    const feature = labelNames.indexOf('feature')
    for (const { labelValues, value } of samples) {
      tallies[labelValues[feature]!] ??= { values: 0, missing: 0, invalid: 0 }
      tallies[labelValues[feature]!]![field] += value
    }
  }
  return tallies
}

const FIELDS: Readonly<Record<string, keyof Tally>> = {
  drift_feature_bin: 'values',
  drift_feature_missing: 'missing',
  drift_feature_invalid: 'invalid',
}

/** How often `FLIGHT`, or another whole row, was counted; -1 where the columns disagree. */
export function counted(monitor: FeatureMonitor): number {
  const tallies = Object.values(tally(monitor))
  const [first] = tallies
  const whole = tallies.every(
    ({ values, missing, invalid }) => values === first!.values && missing === 0 && invalid === 0,
  )
  return whole ? first!.values : -1
}
