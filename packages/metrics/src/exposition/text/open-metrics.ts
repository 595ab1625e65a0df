import type { ByteWriter } from '../bytes.ts'
import type { Family } from '../families.ts'
import type { Rendering } from '../rendering.ts'
import { escapeLabelValue } from './escape.ts'
import { type LineDialect, renderLines } from './lines.ts'
import { canonicalBound } from './numbers.ts'

export const OPEN_METRICS_CONTENT_TYPE =
  'application/openmetrics-text; version=1.0.0; charset=utf-8'

export const END_OF_OPEN_METRICS = '# EOF\n'

const OPEN_METRICS: LineDialect = {
  header({ name, help, type, unit }) {
    // The family of a counter goes without the suffix that its samples have.
    const family = type === 'counter' ? name.replace(/_total$/, '') : name
    const unitLine = unit !== '' && family.endsWith(`_${unit}`) ? `# UNIT ${family} ${unit}\n` : ''
    return `# HELP ${family} ${escapeLabelValue(help)}\n# TYPE ${family} ${type}\n${unitLine}`
  },
  bound: canonicalBound,
  exemplars: true,
}

/**
 * OpenMetrics 1.0, in slices and without `# EOF`, so that more can follow.
 *
 * There are no `_created` samples: most servers store them as series of their own.
 *
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export function renderOpenMetrics(families: readonly Family[], out?: ByteWriter): Rendering {
  return renderLines(families, OPEN_METRICS, out)
}
