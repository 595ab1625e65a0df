import { writeFileSync } from 'node:fs'
import { DASHBOARD_FILES } from './dashboard-files.ts'

/** Writes what Grafana is given: `node --conditions=tidegauge-source --import tsx grafana/write-dashboards.ts`. */
for (const [path, text] of Object.entries(DASHBOARD_FILES)) {
  writeFileSync(new URL(path, import.meta.url), text)
}
