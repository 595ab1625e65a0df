import { parseArgs } from 'node:util'
import { type Console, createConsole } from '@tidegauge/example-prometheus-grafana/demo/console.ts'
import { CALM } from '@tidegauge/example-prometheus-grafana/stack/rules.ts'
import { runProgram, runStack } from '@tidegauge/example-prometheus-grafana/stack/run.ts'
import { asOf, STORY } from '../database/snapshots.ts'
import { checkStory } from './check-story.ts'
import { monthlyJob } from './monthly-job.ts'
import { findPrograms, type StackPrograms } from './programs.ts'
import { type Streamflow, startStreamflow } from './start-streamflow.ts'
import { MINUTE } from './tempo.ts'

const HELP = `Usage: pnpm streamflow [options]

The seed's stack, without Docker: months of flights in PostgreSQL, Feast over them, an API that is fed by Feast, Prometheus, Grafana
if it is there, MLflow, and the monthly job. PostgreSQL, Feast and MLflow are fetched once, some minutes, where they are not there;
Prometheus is taken from the PATH or TIDEGAUGE_PROMETHEUS. Linux and macOS.

Options:
  --rate <n>    requests per second (default 20)
  --check       run the whole story, assert each step of it, and end
  --help        show this
`

interface Options {
  readonly rate: number
  readonly check: boolean
}

const README = 'examples/streamflow/README.md'

const NEEDED: readonly (keyof StackPrograms)[] = ['postgres', 'feast']
const NEEDED_TO_CHECK: readonly (keyof StackPrograms)[] = [...NEEDED, 'mlflow', 'prometheus']

async function main({ rate, check }: Options, signal: AbortSignal): Promise<void> {
  const console = createConsole()
  const { paint, say } = console
  say(
    paint.bold('tidegauge streamflow') +
      paint.dim(' · PostgreSQL, Feast, an API, Prometheus, Grafana, MLflow, the monthly job'),
  )
  if (process.platform === 'win32') {
    if (!check) throw new Error(`it runs on Linux and macOS; here with Docker, see ${README}`)
    say(`It runs on Linux and macOS; here with Docker, see ${README}.\n0 passed, 0 failed`)
    return
  }
  const { found, missing } = await console.step(
    'look for the programs',
    (progress) =>
      findPrograms((text) => {
        progress(text)
        if (!process.stdout.isTTY) say(`  ${text}`)
      }),
    ({ found }) => Object.keys(found).join(', ') || 'none',
  )
  for (const { name, cure } of missing) say(`  no ${name}: ${cure}`)
  const lacking = (check ? NEEDED_TO_CHECK : NEEDED).filter((name) => found[name] === undefined)
  if (lacking.length > 0) {
    if (check && process.env.TIDEGAUGE_REQUIRE_SERVERS !== '1') {
      say('The story was not checked.\n0 passed, 0 failed')
      return
    }
    throw new Error(`it cannot do without ${lacking.join(' and ')}`)
  }

  const programs = found as StackPrograms
  await runStack(console, signal, {
    start: (progress) =>
      startStreamflow({
        programs: check ? withoutGrafana(programs) : programs,
        tempo: check ? MINUTE : { ...CALM, windowSeconds: 120 },
        rate,
        anyPorts: check,
        progress,
        signal,
      }),
    seen: ({ children }) => `${children.length} processes, on 127.0.0.1 alone`,
    work(stack) {
      tellAddresses(console, stack)
      return check ? checkStory(console, stack, programs) : tellWhatToTry(console, stack)
    },
  })
}

/** Nothing is asked of it in the story. */
function withoutGrafana({
  grafana: _,
  ...programs
}: StackPrograms): Omit<StackPrograms, 'grafana'> {
  return programs
}

function tellAddresses({ heading, say }: Console, { urls }: Streamflow): void {
  heading('Where to look')
  const rows: [string, string | undefined, string][] = [
    ['live report', `${urls.service}/drift`, ''],
    ['metrics', `${urls.service}/metrics`, ''],
    ['Feast', `${urls.feast}/docs`, ''],
    ['MLflow', urls.mlflow, ''],
    ['Prometheus', urls.prometheus, 'its page Alerts says what fires'],
    ['Grafana', urls.grafana, ''],
    ['player', urls.player, 'POST /shift or /normal'],
  ]
  for (const [name, url, what] of rows) {
    if (url !== undefined) say(`  ${name.padEnd(12)}  ${url}  ${what}`.trimEnd())
  }
}

async function tellWhatToTry(console: Console, { urls, env, envFile }: Streamflow): Promise<never> {
  const { heading, say } = console
  const [reference, quiet, broken] = Object.values(STORY).map(asOf) as [string, string, string]
  heading('The monthly job')
  const { line, stderr, code } = await console.step(
    `${reference} against ${quiet}`,
    () => monthlyJob(reference, quiet, env),
    ({ code }) => (code === 0 ? 'in examples/streamflow/reports' : `it ended with ${code}`),
  )
  say(`  ${code === 0 ? line : stderr.trimEnd()}`)
  heading('Try it')
  say(
    `  curl -X POST ${urls.player}/shift    # ${broken}: what a broken pipeline wrote is asked for`,
  )
  say(
    `  curl ${urls.service}/predict -H 'content-type: application/json' -d '{"flight_id": 200102000025}'`,
  )
  say(`  . ${envFile}; sh examples/streamflow/job/monthly.sh ${quiet} ${broken}`)
  say('\nRunning until Ctrl-C.')
  return await new Promise(() => {})
}

function readOptions(): Options | 'help' {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      rate: { type: 'string', default: '20' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const rate = Number(values.rate)
  if (!(rate > 0 && rate <= 1000)) throw new Error('--rate must be above 0 and at most 1000')
  return { ...values, rate }
}

await runProgram('streamflow', async (signal) => {
  const options = readOptions()
  if (options === 'help') process.stdout.write(HELP)
  else await main(options, signal)
})
