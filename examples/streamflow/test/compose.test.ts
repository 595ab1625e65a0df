import { existsSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ComposeService,
  composeValidator,
  copiesOf,
  environmentOf,
  parseCompose,
  workspaceNeeds,
} from '@tidegauge/example-prometheus-grafana/test/compose-file.ts'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { asOf, STORY } from '../database/snapshots.ts'

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url))
const ROOT = resolve(EXAMPLE, '../..')

type Name =
  | 'password'
  | 'postgres'
  | 'load'
  | 'feast'
  | 'mlflow'
  | 'api'
  | 'player'
  | 'job'
  | 'prometheus'
  | 'grafana'

const read = (file: string) => readFileSync(resolve(EXAMPLE, file), 'utf8')
const readYaml = (file: string) => parse(read(file), { merge: true })
const composeIn = (environment: Readonly<Record<string, string>>) =>
  parseCompose<Name>(read('compose.yaml'), environment)

const compose = composeIn({})
const { password, postgres, load, feast, mlflow, api, player, job, prometheus, grafana } =
  compose.services
const services = Object.entries<ComposeService>(compose.services)
const ours = { password, load, api, player, job }
const other = parseCompose<'prometheus' | 'grafana'>(read('../prometheus-grafana/compose.yaml'))
const of2024 = parseCompose<'prometheus' | 'grafana'>(
  read('../prometheus-grafana/compose.2024.yaml'),
)
const dockerfile = read('Dockerfile')

/** Its address inside the network of the stack. */
const addressOf = (name: Name) => `${name}:${compose.services[name].ports![0]!.split(':')[2]}`
const mountOf = ({ volumes }: ComposeService, source: string) =>
  volumes!.find((volume) => volume.startsWith(`${source}:`))!.split(':')[1]!

describe('compose.yaml', () => {
  const validate = composeValidator()

  test('is a Compose file', () => {
    validate(compose)
    expect(validate.errors).toBeNull()
    expect(validate({ ...compose, services: { grafana: { ...grafana, helthcheck: {} } } })).toBe(
      false,
    )
  })

  test('takes from the environment the ports on this machine, each by a name of its own, and nothing else', () => {
    const names = [...read('compose.yaml').matchAll(/\$\{(\w+_PORT):-\d+\}/g)].map(
      ([, name]) => name!,
    )
    expect(new Set(names).size).toBe(6)
    expect(read('compose.yaml').match(/\$/g)).toHaveLength(6)
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

  test('publishes its ports on the loopback interface alone', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports)
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([])
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(6)
  })

  test("publishes ports that a browser and fetch open, other than 6566, Feast's own", async () => {
    const published = services.flatMap(([, { ports = [] }]) =>
      ports.map((port) => port.split(':')[1]!),
    )
    const refused = async (port: string) => {
      const tried = fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2000) })
      const why = await tried.catch((error: Error) => error.cause)
      return why instanceof Error && why.message === 'bad port'
    }
    expect(await refused('6566')).toBe(true)
    for (const port of published) expect(await refused(port), port).toBe(false)
  })

  test('builds three images; five services run ours, and nobody looks for it in a registry', () => {
    const built = services.filter(([, { build }]) => build !== undefined)
    expect(built.map(([name]) => name)).toEqual(['password', 'feast', 'mlflow'])
    for (const [name, { build }] of built) {
      const { context, dockerfile } = build!
      expect(existsSync(resolve(EXAMPLE, context, dockerfile)), name).toBe(true)
    }
    const users = services.filter(([, { image }]) => image === password.image)
    expect(users.map(([name]) => name)).toEqual(Object.keys(ours))
    for (const [name, { pull_policy }] of users.slice(1)) expect(pull_policy, name).toBe('never')
  })

  test('has the Prometheus and the Grafana of 2024, as the other stack has them too, and PostgreSQL 16', () => {
    expect(prometheus.image).toBe(of2024.services.prometheus.image)
    expect(grafana.image).toBe(of2024.services.grafana.image)
    expect(postgres.image).toMatch(/^postgres:16\.\d+$/)
    expect(grafana.environment).toEqual(other.services.grafana.environment)
  })

  test('mounts only what is in this example and the one beside it, read-only, and volumes that it declares', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((v) => v.split(':')))
    for (const [source, , mode] of mounts) {
      if (source!.startsWith('.')) {
        expect(existsSync(resolve(EXAMPLE, source!)), source).toBe(true)
        expect(source).toMatch(/^(\.|\.\.\/prometheus-grafana)\/[^.]/)
        expect(mode, source).toBe('ro,z')
      } else {
        expect(Object.keys(compose.volumes)).toContain(source)
      }
    }
  })

  test.each(services)('%s: runs as an ordinary user without capabilities', (name, service) => {
    expect(service.user).toMatch(/^(node|[1-9]\d*:\d+)$/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toContain('no-new-privileges:true')
    expect(service.privileged).toBeUndefined()
    if (name !== 'grafana') expect(service.read_only).toBe(true) // its image unpacks plugins
  })

  test.each(services)(
    '%s: waits for what is done, and for what can say that it is healthy',
    (_, { depends_on = {} }) => {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, command } = compose.services[name as Name]
        if (condition === 'service_healthy') expect(healthcheck?.test[0]).toBe('CMD')
        else expect([condition, command![0]]).toEqual(['service_completed_successfully', 'node'])
      }
    },
  )

  test('holds no secret: the password of the database is made at the first start', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|TOKEN/i.test(name)),
    )
    const file = posix.join(mountOf(password, 'password'), 'password')
    expect(new Set(secrets.map(([, value]) => value))).toEqual(new Set([file]))
    expect(password.command!.at(-1)).toContain(`'${file}'`)
    for (const part of [postgres, load, feast, api, player, job]) {
      expect(mountOf(part, 'password')).toBe(posix.dirname(file))
    }
  })
})

describe('the parts find each other', () => {
  const settings = readYaml('prometheus.yml')
  const theirs = readYaml('../prometheus-grafana/prometheus.yml')

  test('the database, by those who ask it', () => {
    const [PGHOST, PGPORT] = addressOf('postgres').split(':')
    const { POSTGRES_USER: PGUSER, POSTGRES_DB: PGDATABASE } = postgres.environment!
    for (const { environment } of [load, feast, api, player, job]) {
      expect(environment).toMatchObject({ PGHOST, PGPORT, PGUSER, PGDATABASE })
    }
    expect(job.environment!.TIDEGAUGE_DATABASE_URL).toBe(
      `postgres://${PGUSER}@${PGHOST}:${PGPORT}/${PGDATABASE}`,
    )
  })

  test('Feast by the API, the API by the player and by Prometheus, MLflow by the job', () => {
    expect(api.environment!.FEAST_URL).toBe(`http://${addressOf('feast')}`)
    expect(feast.environment!.PORT).toBe(addressOf('feast').split(':')[1])
    expect(player.environment!.SERVICE_URLS).toBe(`http://${addressOf('api')}`)
    expect(environmentOf(dockerfile).PORT).toBe(addressOf('api').split(':')[1])
    expect(settings.scrape_configs[0].static_configs[0].targets).toEqual([addressOf('api')])
    expect(job.environment!.MLFLOW_TRACKING_URI).toBe(`http://${addressOf('mlflow')}`)
    expect(mlflow.environment!.PORT).toBe(addressOf('mlflow').split(':')[1])
  })

  test('Prometheus is set up as that of the other stack, but for what it scrapes and whom it tells', () => {
    const { alerting: _, ...rest } = theirs
    const [{ static_configs, ...scrape }] = rest.scrape_configs
    expect(settings).toEqual({
      ...rest,
      scrape_configs: [{ ...scrape, static_configs: [{ targets: [addressOf('api')] }] }],
    })
    expect(static_configs).toHaveLength(1)
    const config = mountOf(prometheus, './prometheus.yml')
    expect(prometheus.command).toContain(`--config.file=${config}`)
    expect(mountOf(prometheus, '../prometheus-grafana/rules.yml')).toBe(
      posix.join(posix.dirname(config), settings.rule_files[0]),
    )
  })

  test('Grafana has the data source and the dashboards of the other stack, and its Prometheus goes by the same name', () => {
    const withoutFolder = (volumes: readonly string[]) =>
      volumes.map((volume) => volume.replace(/^\S*\/grafana\//, 'grafana/'))
    expect(withoutFolder(grafana.volumes!)).toEqual(withoutFolder(other.services.grafana.volumes!))
    const [dataSource] = readYaml(
      '../prometheus-grafana/grafana/provisioning/datasources/prometheus.yml',
    ).datasources
    expect(dataSource.url).toBe(`http://${addressOf('prometheus')}`)
    expect(dataSource.jsonData.timeInterval).toBe(settings.global.scrape_interval)
  })

  test('the months of the story are loaded, and the first two are compared', () => {
    expect(load.command!.slice(-3)).toEqual([
      STORY.reference,
      STORY.quiet,
      `${STORY.broken}:broken`,
    ])
    expect(job.command!.slice(-2)).toEqual([asOf(STORY.reference), asOf(STORY.quiet)])
  })

  test('the reports are written where their volume is mounted', () => {
    const folder = `/app/examples/streamflow/${JSON.parse(read('tidegauge.config.json')).out}`
    expect(mountOf(job, 'reports')).toBe(folder)
    expect(dockerfile).toMatch(new RegExp(`^RUN install -d -o node .* ${folder}$`, 'm'))
  })
})

describe('the image of Node', () => {
  test('is installed from the manifests of all that it runs, and from nothing else', () => {
    const install = dockerfile.split('\n').findIndex((line) => line.startsWith('RUN npx'))
    const manifests = copiesOf(dockerfile)
      .filter(({ line }) => line < install)
      .flatMap(({ sources }) => sources)
    expect(manifests.filter((file) => file.includes('/')).toSorted()).toEqual(
      [
        'packages/cli',
        'examples/streamflow',
        ...workspaceNeeds('@tidegauge/example-streamflow', 'tidegauge'),
      ]
        .map((folder) => `${folder}/package.json`)
        .toSorted(),
    )
    expect(manifests.filter((file) => !file.includes('/'))).toEqual([
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
    ])
    expect(dockerfile).toMatch(
      /--filter "@tidegauge\/example-streamflow\.\.\." --filter "tidegauge\.\.\."$/m,
    )
  })

  test.each(Object.entries(ours))('has what %s runs', (_, { command = ['service/main.ts'] }) => {
    const scripts = command.filter((word) => /^[\w/-]+\.(ts|sh)$/.test(word))
    for (const script of scripts) expect(existsSync(resolve(EXAMPLE, script)), script).toBe(true)
  })

  test('does not serve as root', () => {
    expect(dockerfile.match(/^(FROM|USER|ENTRYPOINT) .*/gm)).toEqual([
      'FROM node:24-slim',
      'USER node',
      'ENTRYPOINT ["sh", "with-password.sh"]',
    ])
    expect(existsSync(resolve(ROOT, '.dockerignore'))).toBe(true)
  })
})

describe('the images of Feast and MLflow', () => {
  test.each([
    ['feast', feast, /^feast\[postgres\]==[\d.]+$/m],
    ['mlflow', mlflow, /^mlflow==2\.16\.0$/m],
  ])(
    '%s: is built of a folder that says what is installed and how it is served',
    (_, part, pinned) => {
      const folder = part.build!.args!.PART
      expect(read(`${folder}/requirements.txt`)).toMatch(pinned)
      expect(read(`${folder}/serve.sh`)).toMatch(
        /^exec \w+ (serve|server) --host "\$HOST" --port "\$PORT"/m,
      )
      const data = Object.entries(part.environment!).find(([name]) => name.endsWith('_DATA'))![1]
      expect(part.volumes!.some((volume) => volume.endsWith(`:${data}`))).toBe(true)
      expect(read('python.Dockerfile')).toContain(`RUN install -d -o 1000 -g 1000 ${data}\n`)
    },
  )
})
