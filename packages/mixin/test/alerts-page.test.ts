import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DRIFT_SEVERITIES } from '../src/index.ts'

test('docs/alerts.md has a heading for each alert, where its runbook_url leads', () => {
  const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8')
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  const alerts = [...Object.keys(DRIFT_SEVERITIES), 'SloErrorBudgetBurn', 'SloAbsent']
  expect(headings.sort()).toEqual(alerts.sort())
})
