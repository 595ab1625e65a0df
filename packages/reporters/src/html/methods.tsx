import type { DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatCount } from '../format.ts'
import { shortText } from '../visible-text.ts'

/** How the numbers came about: enough to repeat them. */
export function Methods({ report }: { readonly report: DriftReport }): VNode {
  const { settings, decision, columns } = report
  const { alpha, thresholds, minimumValues } = settings
  const { shareThreshold, actOnTargetDrift } = decision.policy
  const methods = [...new Set(columns.map(({ method }) => method))].sort()
  return (
    <footer>
      <h2>How this was measured</h2>
      <dl>
        <dt>Tests</dt>
        <dd>{methods.map((method) => shortText(method, 40)).join(', ') || 'none'}</dd>
        <dt>Correction</dt>
        <dd>
          Benjamini–Hochberg over the columns of this run, at a false-discovery rate of {alpha}.
        </dd>
        <dt>Effects</dt>
        <dd>
          distance (Kolmogorov–Smirnov D) from {thresholds.distance} on, population stability index
          (PSI) from {thresholds.psi} on.
        </dd>
        <dt>Verdict</dt>
        <dd>
          A column drifted where its adjusted p-value is at most {alpha} and its effect reaches the
          threshold; negligible where the effect does not. With fewer than{' '}
          {formatCount(minimumValues)} values on a side there is insufficient data.
        </dd>
        <dt>Decision</dt>
        <dd>
          Action from a share of {shareThreshold} drifted features on
          {actOnTargetDrift ? ', or where a target drifted' : ''}. Columns that could not be judged
          do not count.
        </dd>
        <dt>Pictures</dt>
        <dd>
          Numbers are drawn as densities, share over width, so that equal areas are equal shares;
          values outside of the bins stand apart at the ends.
        </dd>
        <dt>Format</dt>
        <dd>
          {shortText(report.format, 40)}, version {report.version}
        </dd>
      </dl>
    </footer>
  )
}
