import type { DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { formatCount } from '../format.ts'
import { shortText } from '../visible-text.ts'

const CORRECTIONS: Readonly<Record<DriftReport['settings']['correction'], string>> = {
  'benjamini-hochberg':
    'Benjamini–Hochberg over all tests of this run: alpha is the false-discovery rate.',
  holm: 'Holm over all tests of this run: alpha is the chance of any false alarm.',
  bonferroni: 'Bonferroni over all tests of this run: alpha is the chance of any false alarm.',
  none: 'None: alpha is the chance of a false alarm in each single test.',
}

/** How the numbers came about: enough to repeat them. */
export function Methods({ report }: { readonly report: DriftReport }): VNode {
  const { settings, decision, columns } = report
  const { alpha, correction, tolerance, minimumValues } = settings
  const { shareThreshold, actOnTargetDrift } = decision.policy
  const methods = [...new Set(columns.map(({ method }) => method))].sort()
  return (
    <footer>
      <h2>How this was measured</h2>
      <dl>
        <dt>Tests</dt>
        <dd>{methods.map((method) => shortText(method, 40)).join(', ') || 'none'}</dd>
        <dt>Correction</dt>
        <dd>{CORRECTIONS[correction]}</dd>
        <dt>Effects</dt>
        <dd>
          The equivalent shift: as many standard deviations (sd) as a normal distribution would have
          to move to change as much. From {tolerance} on it counts as drift. Below it stands the
          interval that holds the true value with {100 * (1 - alpha)}% confidence.
        </dd>
        <dt>Verdict</dt>
        <dd>
          A column drifted where its adjusted p-value is at most {alpha} and its effect reaches the
          threshold; negligible where the effect does not. The share of missing values is judged in
          the same way. With fewer than {formatCount(minimumValues)} values on a side there is
          insufficient data.
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
