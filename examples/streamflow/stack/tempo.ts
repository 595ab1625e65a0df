import { QUICK, type Tempo } from '@tidegauge/example-prometheus-grafana/stack/rules.ts'

/** A minute is enough to see a drift, at twenty requests a second. */
export const MINUTE: Tempo = { ...QUICK, windowSeconds: 60 }
