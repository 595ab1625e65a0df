import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rulesYaml } from '@tidegauge/mixin'
import { parse, stringify } from 'yaml'
import { stackRules, type Tempo } from './rules.ts'

export interface Addresses {
  /** `host:port` of each replica. */
  readonly services: readonly string[]
  /** Undefined: alerts are told to nobody. */
  readonly alertmanager?: string
}

export interface ConfigurationFiles {
  readonly prometheus: string
  readonly alertmanager: string
}

/**
 * The containers' own configuration, with the addresses and the tempo of this run, in a folder of its own.
 *
 * @param tokenFile - holds what Alertmanager bears
 */
export function writeConfiguration(
  folder: string,
  { services, alertmanager }: Addresses,
  tokenFile: string,
  tempo: Tempo,
): ConfigurationFiles {
  const prometheus = readYaml('prometheus.yml')
  prometheus.global.scrape_interval = `${tempo.scrapeSeconds}s`
  prometheus.global.evaluation_interval = `${tempo.rulesSeconds}s`
  prometheus.scrape_configs[0].static_configs[0].targets = services
  if (alertmanager === undefined) delete prometheus.alerting
  else prometheus.alerting.alertmanagers[0].static_configs[0].targets = [alertmanager]

  const routing = readYaml('alertmanager.yml')
  routing.route.group_wait = `${tempo.groupWaitSeconds}s`
  routing.route.group_interval = `${tempo.groupIntervalSeconds}s`
  routing.route.repeat_interval = `${tempo.repeatSeconds}s`
  const [webhook] = webhooksOf(routing)
  const authorization = { credentials_file: tokenFile }
  webhooksOf(routing).splice(
    0,
    Number.POSITIVE_INFINITY,
    ...services.map((service) => ({
      ...webhook,
      url: `http://${service}/retrain`,
      http_config: { authorization },
    })),
  )
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  write('rules.yml', rulesYaml(stackRules(tempo)))
  return {
    prometheus: write('prometheus.yml', stringify(prometheus)),
    alertmanager: write('alertmanager.yml', stringify(routing)),
  }
}

function readYaml(name: string) {
  return parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'))
}

// biome-ignore lint/suspicious/noExplicitAny: a file of ours, as YAML gives it
function webhooksOf(routing: any): object[] {
  return routing.receivers.find(({ name }: { name: string }) => name === 'retrain').webhook_configs
}
