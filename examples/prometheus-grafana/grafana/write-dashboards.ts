import { writeFileSync } from 'node:fs'
import { DASHBOARD_FILES } from './dashboard-files.ts'

/** Writes what Grafana is given: `pnpm --filter @tidegauge/example-prometheus-grafana dashboards`. */
for (const [path, text] of Object.entries(DASHBOARD_FILES)) {
  writeFileSync(new URL(path, import.meta.url), text)
}
