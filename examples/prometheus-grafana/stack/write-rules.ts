import { writeFileSync } from 'node:fs'
import { rulesYaml } from '@tidegauge/mixin'
import { CALM, stackRules } from './rules.ts'

/** Writes `rules.yml`, which the containers mount: `pnpm --filter @tidegauge/example-prometheus-grafana rules`. */
writeFileSync(new URL('../rules.yml', import.meta.url), rulesYaml(stackRules(CALM)))
