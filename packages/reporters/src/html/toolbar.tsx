import type { DriftReport } from '@tidegauge/drift'
import type { VNode } from 'preact'
import { VERDICT_WORDS, VERDICTS } from '../column-order.ts'
import { MOST_IN_FULL } from './column-table.tsx'
import { VerdictShape } from './verdict-mark.tsx'

/** Search, filter and sort: shown by the page's script, which alone can do them. */
export function Toolbar({ report }: { readonly report: DriftReport }): VNode {
  const found = VERDICTS.filter((known) => report.columns.some(({ verdict }) => verdict === known))
  return (
    <search class="tools" aria-label="Columns" hidden>
      <label>
        Search
        <input type="search" autocomplete="off" spellcheck={false} />
      </label>
      <label class="sort">
        Sort by
        <select>
          <option value="concern">Verdict, effect</option>
          <option value="name">Column</option>
          <option value="p">Adjusted p</option>
          <option value="effect">Effect</option>
          <option value="missing">Missing</option>
        </select>
      </label>
      <fieldset>
        <legend>Show</legend>
        {found.map((verdict) => (
          <label key={verdict} class="chip">
            <input type="checkbox" value={verdict} checked />
            <VerdictShape verdict={verdict} />
            {VERDICT_WORDS[verdict]}
          </label>
        ))}
      </fieldset>
      <button type="button" class="expand">
        Expand all
      </button>
      {found.includes('drifted') && found.length > 1 && (
        <button type="button" class="drifted-only">
          Drifted only
        </button>
      )}
      <label class="chip">
        <input type="checkbox" value="compact" checked={report.columns.length > MOST_IN_FULL} />
        Compact
      </label>
      <p role="status" />
    </search>
  )
}
