import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parsePrometheusHistogram, REQUEST_DURATION } from '@tidegauge/metrics'
import { inhibitRules, inhibitYaml, rulesYaml } from '@tidegauge/mixin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CALM, stackRules } from '../stack/rules.ts'
import {
  type ComposeService,
  composeValidator,
  copiesOf,
  dockerIgnore,
  environmentOf,
  parseCompose,
  workspaceNeeds,
} from './compose-file.ts'
import { type ServerProcess, startServer } from './server.ts'

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url))
const ROOT = resolve(EXAMPLE, '../..')

const read = (file: string) => readFileSync(resolve(EXAMPLE, file), 'utf8')
const readYaml = (file: string) => parse(read(file), { merge: true })

const EXACT_VERSION = /^[\w/]+:v?\d+\.\d+\.\d+$/

type Name =
  | 'token'
  | 'service-a'
  | 'service-b'
  | 'player'
  | 'prometheus'
  | 'alertmanager'
  | 'grafana'

const composeIn = (environment: Readonly<Record<string, string>>) =>
  parseCompose<Name>(read('compose.yaml'), environment)

const compose = composeIn({})
const { token, player, prometheus, alertmanager, grafana } = compose.services
const [service, other] = [compose.services['service-a'], compose.services['service-b']]
const services = Object.entries<ComposeService>(compose.services)
const dockerfile = read('Dockerfile')
const imageEnvironment = environmentOf(dockerfile)
const copies = copiesOf(dockerfile)

describe('compose.yaml', () => {
  const validate = composeValidator()

  test('is a Compose file', () => {
    validate(compose)
    expect(validate.errors).toBeNull()
  })

  test('would not be one with a misspelled key or a value of the wrong kind', () => {
    const changed = (change: object) => {
      return { ...compose, services: { ...compose.services, grafana: { ...grafana, ...change } } }
    }
    expect(validate(changed({ helthcheck: {} }))).toBe(false)
    expect(validate(changed({ read_only: 'yes, please' }))).toBe(false)
    expect(validate(changed({ healthcheck: { interval: 'soon' } }))).toBe(false)
  })

  test('takes from the environment the ports on this machine, each by a name of its own, and nothing else', () => {
    const ofPorts = [...read('compose.yaml').matchAll(/"127.0.0.1:\$\{(\w+_PORT):-\d+\}:/g)]
    const names = ofPorts.map(([, name]) => name!)
    expect(new Set(names).size).toBe(5)
    // The live page leads to two of them.
    expect(read('compose.yaml').match(/\$/g)).toHaveLength(7)
    const moved = composeIn(Object.fromEntries(names.map((name, i) => [name, String(8000 + i)])))
    validate(moved)
    expect(validate.errors).toBeNull()
    const published = Object.values<ComposeService>(moved.services).flatMap(
      ({ ports = [] }) => ports,
    )
    expect(published.map((port) => port.split(':')[1]).toSorted()).toEqual(
      names.map((_, i) => String(8000 + i)),
    )
  })

  test('has a project name of its own, not that of its folder, which others may have', () => {
    expect(compose.name).toBe('tidegauge')
  })

  test('builds one image, once; four services run it, and nobody looks for it in a registry', () => {
    const built = services.filter(([, { build }]) => build !== undefined)
    expect(built.map(([name]) => name)).toEqual(['token'])
    const { context, dockerfile } = token.build!
    expect(existsSync(resolve(EXAMPLE, context, dockerfile))).toBe(true)
    const users = services.filter(([, { image }]) => image === token.image)
    expect(users.map(([name]) => name)).toEqual(['token', 'service-a', 'service-b', 'player'])
    for (const [name, { pull_policy }] of users.slice(1)) expect(pull_policy, name).toBe('never')
    // Compose builds all images before it starts anything, and each of these starts after the token is there.
    for (const [, { depends_on }] of users.slice(1, 3)) expect(depends_on).toHaveProperty('token')
  })

  test('every other image has an exact version', () => {
    const images = services.map(([, { image }]) => image!).filter((image) => image !== token.image)
    expect(images).toHaveLength(3)
    for (const image of images) expect(image).toMatch(EXACT_VERSION)
  })

  test('the variant of 2024 has other versions of these three images, volumes of its own, and is else the same', () => {
    const variant = parseCompose<Name>(read('compose.2024.yaml'))
    validate(variant)
    expect(validate.errors).toBeNull()
    expect(Object.keys(variant)).toEqual(['name', 'services'])
    expect(variant.name).not.toBe(compose.name)
    const named = ['prometheus', 'alertmanager', 'grafana'] as const
    expect(Object.keys(variant.services)).toEqual(named)
    for (const name of named) {
      const [image, tag] = compose.services[name].image!.split(':')
      expect(variant.services[name]).toEqual({ image: expect.stringMatching(EXACT_VERSION) })
      expect(variant.services[name].image).toMatch(new RegExp(`^${image}:(?!${tag}$)`))
    }
  })

  test('a service has minutes to become healthy: a loaded machine is slow, not broken', () => {
    const checks = services.flatMap(([, { healthcheck }]) => healthcheck ?? [])
    expect(checks.map(({ start_period }) => start_period)).toEqual(['5m', '5m', '2m', '2m', '5m'])
  })

  test('publishes five ports, all of them on the loopback interface alone', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports)
    expect(ports).toHaveLength(5)
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([])
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(5)
  })

  test('mounts only what is in this folder, read-only, and volumes that it declares', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((v) => v.split(':')))
    expect(mounts).toHaveLength(11)
    for (const [source, , mode] of mounts) {
      if (source!.startsWith('./')) {
        expect(existsSync(resolve(EXAMPLE, source!)), source).toBe(true)
        // `z`: under SELinux a container may not read a file of the host that is not marked for it.
        expect(mode, source).toBe('ro,z')
      } else {
        expect(Object.keys(compose.volumes)).toContain(source)
      }
    }
  })

  test.each(services)('%s: runs as an ordinary user without capabilities', (_, service) => {
    expect(service.user).toMatch(/^(node|[1-9]\d*:\d+)$/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toContain('no-new-privileges:true')
    expect(service.privileged).toBeUndefined()
  })

  test.each(services)(
    '%s: waits for the token, and for services that can say they are healthy',
    (_, { depends_on = {} }) => {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        if (name === 'token') {
          expect(condition).toBe('service_completed_successfully')
          continue
        }
        expect(condition).toBe('service_healthy')
        expect(compose.services[name as Name]?.healthcheck?.test[0]).toBe('CMD')
      }
    },
  )

  test('holds no secret', () => {
    const names = services.flatMap(([, { environment = {} }]) => Object.keys(environment))
    expect(names).toContain('SIMULATE_FAULTS')
    expect(names.filter((name) => /PASSWORD|SECRET_KEY|TOKEN|CREDENTIAL/i.test(name))).toEqual([
      'TOKEN_FILE',
      'TOKEN_FILE',
    ])
  })

  test('the two replicas differ in nothing but their port on this machine and their name', () => {
    const environment = { ...other.environment, REPLICA: 'service-a' }
    expect(other.environment?.REPLICA).toBe('service-b')
    expect({ ...other, ports: service.ports, environment }).toEqual(service)
  })

  test('the live page leads where the ports of this machine are', () => {
    const moved = composeIn({ GRAFANA_PORT: '8001', ALERTMANAGER_PORT: '8002' }).services
    expect(moved['service-a'].environment).toMatchObject({
      GRAFANA_URL: 'http://127.0.0.1:8001/d/tidegauge-drift',
      ALERTS_URL: 'http://127.0.0.1:8002',
    })
    const { uid } = JSON.parse(read('grafana/dashboards/drift.json')) as { uid: string }
    expect(service.environment!.GRAFANA_URL).toBe(`http://127.0.0.1:3001/d/${uid}`)
  })

  test('lets visitors of Grafana look, and nobody log in', () => {
    expect(grafana.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    })
  })
})

/** The address of a service inside the network of the stack. */
const addressOf = (name: Name) => {
  return `${name}:${compose.services[name].ports![0]!.split(':')[2]}`
}

describe('the parts find each other', () => {
  const { global, scrape_configs, alerting, rule_files } = readYaml('prometheus.yml')
  const routing = readYaml('alertmanager.yml')
  const [dataSource] = readYaml('grafana/provisioning/datasources/prometheus.yml').datasources
  const [provider] = readYaml('grafana/provisioning/dashboards/files.yml').providers
  const mountOf = (service: ComposeService, source: string) => {
    return service.volumes!.find((volume) => volume.startsWith(`${source}:`))!.split(':')[1]!
  }

  const replicas = [addressOf('service-a'), addressOf('service-b')]

  test('Prometheus scrapes both replicas, on the port that their image serves', () => {
    expect(scrape_configs[0].static_configs[0].targets).toEqual(replicas)
    expect(addressOf('service-a')).toBe(`service-a:${imageEnvironment.PORT}`)
    expect(dockerfile).toContain(`EXPOSE ${imageEnvironment.PORT}\n`)
  })

  test('the player serves both', () => {
    const urls = replicas.map((address) => `http://${address}`)
    expect(player.environment!.SERVICE_URLS).toBe(urls.join(','))
  })

  test('Prometheus reads the files that are mounted, and tells Alertmanager', () => {
    const config = mountOf(prometheus, './prometheus.yml')
    expect(prometheus.command).toContain(`--config.file=${config}`)
    expect(mountOf(prometheus, './rules.yml')).toBe(
      posix.join(posix.dirname(config), rule_files[0]),
    )
    expect(alerting.alertmanagers[0].static_configs[0].targets).toEqual([addressOf('alertmanager')])
  })

  test('Alertmanager tells both replicas, and bears the token that they read', () => {
    const config = mountOf(alertmanager, './alertmanager.yml')
    expect(alertmanager.command).toContain(`--config.file=${config}`)
    const { webhook_configs } = routing.receivers.find(
      ({ name }: { name: string }) => name === 'retrain',
    )
    expect(webhook_configs.map(({ url }: { url: string }) => url)).toEqual(
      replicas.map((address) => `http://${address}/retrain`),
    )
    const file = service.environment!.TOKEN_FILE!
    for (const { http_config } of webhook_configs) {
      expect(http_config.authorization).toEqual({ credentials_file: file })
    }
    for (const part of [token, service, alertmanager]) {
      expect(mountOf(part, 'token')).toBe(posix.dirname(file))
    }
    expect(token.command!.join(' ')).toContain(`'${file}'`)
    expect(dockerfile).toContain(`RUN install -d -o node ${posix.dirname(file)}\n`)
  })

  test('rules.yml is what stack/write-rules.ts writes', () => {
    expect(read('rules.yml')).toBe(rulesYaml(stackRules(CALM)))
    expect(CALM.scrapeSeconds).toBe(Number.parseInt(global.scrape_interval, 10))
  })

  test('Alertmanager mutes what the rules say, and no more', () => {
    expect(read('alertmanager.yml')).toContain(`\n${inhibitYaml(inhibitRules())}\n`)
  })

  test('Grafana asks Prometheus, and knows how often it scrapes', () => {
    expect(dataSource.url).toBe(`http://${addressOf('prometheus')}`)
    expect(dataSource.jsonData.timeInterval).toBe(global.scrape_interval)
  })

  test('Grafana looks for its provisioning and the dashboard where they are mounted', () => {
    for (const kind of ['datasources', 'dashboards']) {
      const mounted = mountOf(grafana, `./grafana/provisioning/${kind}`)
      expect(mounted).toBe(`/etc/grafana/provisioning/${kind}`)
    }
    const dashboards = mountOf(grafana, './grafana/dashboards')
    expect(provider.options.path).toBe(dashboards)
    const home = grafana.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!
    expect(posix.dirname(home)).toBe(dashboards)
    expect(readdirSync(resolve(EXAMPLE, 'grafana/dashboards'))).toContain(posix.basename(home))
  })
})

const imageCommand: string[] = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)![1]!)

describe('the image', () => {
  const isCopied = dockerIgnore(readFileSync(resolve(ROOT, '.dockerignore'), 'utf8'))

  test('is copied whole from the root, with all that the installation and the service read', () => {
    expect(resolve(EXAMPLE, token.build!.context)).toBe(ROOT)
    const files = [
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      'tsconfig.base.json',
      `examples/prometheus-grafana/${imageCommand.at(-1)}`,
      `examples/prometheus-grafana/${player.command!.at(-1)}`,
      'packages/metrics/src/index.ts',
      ...copies.flatMap(({ sources }) => sources),
    ]
    expect(files.filter((file) => !(existsSync(resolve(ROOT, file)) && isCopied(file)))).toEqual([])
    for (const folder of ['packages', 'examples/prometheus-grafana']) {
      expect(dockerfile).toContain(`\nCOPY ${folder} ${folder}\n`)
    }
  })

  test('is installed from the manifests alone: an edit of the sources installs nothing again', () => {
    const beforeInstall = copies.filter(({ line }) => line < lineOf(/^RUN npx/))
    const copied = beforeInstall.flatMap(({ sources }) => sources)
    expect(copied.filter((file) => !/(^|\/)(package\.json|pnpm-[a-z]+\.yaml)$/.test(file))).toEqual(
      [],
    )
    expect(copied.filter((file) => file.startsWith('packages/')).toSorted()).toEqual(
      workspaceNeeds('@tidegauge/example-prometheus-grafana').map(
        (folder) => `${folder}/package.json`,
      ),
    )
    for (const { sources, target } of beforeInstall) {
      if (sources.length === 1) expect(`${target}package.json`).toBe(sources[0])
    }
  })

  test.each([
    '.git',
    'node_modules/tsx/package.json',
    'packages/core/node_modules',
    'packages/core/dist/index.js',
    '.env',
    '.env.local',
    'packages/cli/.npmrc',
  ])('leaves %s behind', (path) => {
    expect(isCopied(path)).toBe(false)
  })

  test('is of a fixed Node major, installs what the lockfile says, and does not serve as root', () => {
    expect(dockerfile).toMatch(/^FROM node:24-slim$/m)
    expect(dockerfile).toMatch(
      /^RUN npx -y pnpm@10 install --frozen-lockfile --prod --config\.public-hoist-pattern="d3-\*" --config\.public-hoist-pattern="@noble\/\*" --filter "@tidegauge\/example-prometheus-grafana\.\.\."$/m,
    )
    expect(dockerfile.match(/^(USER|CMD) \w*/gm)).toEqual(['USER node', 'CMD '])
  })

  test('can be read by the user that it serves as, whatever umask it was checked out under', () => {
    expect(dockerfile).toMatch(
      /^RUN find \. -name node_modules -prune -o -exec chmod a\+rX \{\} \+$/m,
    )
    expect(lineOf(/^RUN find/)).toBeGreaterThan(copies.at(-1)!.line)
  })
})

function lineOf(pattern: RegExp): number {
  return dockerfile.split('\n').findIndex((line) => pattern.test(line))
}

describe('what the containers run, run here', () => {
  const run = ([program, ...args]: readonly string[], env: Record<string, string>) => {
    expect(program).toBe('node')
    return [process.execPath, args, { cwd: EXAMPLE, env: { ...process.env, ...env } }] as const
  }

  let folder: string
  let server: ServerProcess
  let url: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegauge-compose-'))
    const [program, evaluate, script] = token.command!
    const here = script!.replaceAll('/run/stack', folder)
    expect(spawnSync(...run([program!, evaluate!, here], {})).status).toBe(0)
    const loopback = {
      ...imageEnvironment,
      ...service.environment,
      HOST: '127.0.0.1',
      PORT: '0',
      TOKEN_FILE: join(folder, 'token'),
    }
    server = startServer(...run(imageCommand, loopback))
    url = (await server.printed(/serving on (http:\S+):/))[1]!
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true })
  })

  const healthcheck = () => {
    const [, ...command] = service.healthcheck!.test
    return spawnSync(...run(command, { PORT: new URL(url).port })).status
  }

  test('the token is made once, and is none that could be guessed', () => {
    expect(readFileSync(join(folder, 'token'), 'utf8')).toMatch(/^[0-9a-f]{64}$/)
  })

  test('the service starts from its folder, and watches its data', async () => {
    const health = await (await fetch(`${url}/health`)).json()
    expect(health).toMatchObject({ status: 'ok', retrained: 0 })
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('drift_feature_bin_total{')
  })

  test('who does not bear the token cannot have it train', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${url}/retrain`, { method: 'POST', body: '{}', headers })
    expect((await ask({})).status).toBe(401)
    const authorization = `Bearer ${readFileSync(join(folder, 'token'), 'utf8')}`
    expect((await ask({ authorization, 'content-type': 'application/json' })).status).toBe(400)
  })

  test('the player is slow and fails now and then, as it is said to, and tells the outcomes', async () => {
    const settings = { SERVICE_URLS: url, PORT: '0', RATE: '300', MONTHS: '2001-01' }
    const sender = startServer(...run(player.command!, { ...player.environment, ...settings }))
    const counts = async () => {
      const page = await (await fetch(`${url}/metrics`)).text()
      const series = parsePrometheusHistogram(page, REQUEST_DURATION.prometheus.name)
      const predict = series.filter(({ labels }) => labels.http_route === '/predict')
      return Object.fromEntries(
        predict.map(({ labels, profile }) => [labels.http_response_status_code, profile.n]),
      )
    }
    try {
      await expect
        .poll(async () => Object.keys(await counts()), { timeout: 120_000, interval: 100 })
        .toEqual(expect.arrayContaining(['200', '400', '500']))
      const health = (await (await fetch(`${url}/health`)).json()) as { recent: number }
      expect(health.recent).toBeGreaterThan(0)
    } finally {
      await sender.stop()
    }
  })

  test('the health check passes while the service serves, and fails when it is gone', async () => {
    expect(healthcheck()).toBe(0)
    await server.stop()
    expect(healthcheck()).toBe(1)
  })
})
