import { parseArgs } from 'node:util'
import { type Console, createConsole } from '../demo/console.ts'
import { checkStory } from './check-story.ts'
import { clockText, tellEvents } from './events.ts'
import { findProgram, PROGRAMS } from './programs.ts'
import { CALM, QUICK } from './rules.ts'
import { runProgram, runStack } from './run.ts'
import { type Stack, startStack } from './start-stack.ts'

const HELP = `Usage: pnpm stack [options]

Serves a model in two replicas, plays flights to them, and watches both: Prometheus and Alertmanager from the
PATH or the folder TIDEGAUGE_PROMETHEUS, Grafana if it is there. Where the data drifts, Alertmanager's webhook has the replicas train anew.

Options:
  --rate <n>    requests per second, to both replicas together (default 60, with --check 100)
  --quick       windows of half a minute instead of five, so that one need not wait
  --check       run the whole story, assert each step of it, and end
  --help        show this
`

interface Options {
  readonly rate: number
  readonly quick: boolean
  readonly check: boolean
}

type Found = { readonly [K in keyof typeof PROGRAMS]?: string }

async function main({ rate, quick, check }: Options, signal: AbortSignal): Promise<void> {
  const console = createConsole()
  const { paint, say } = console
  say(
    paint.bold('tidegauge stack') +
      paint.dim(' · two replicas, a player, Prometheus, Alertmanager'),
  )
  const programs: Found = Object.fromEntries(
    Object.entries(PROGRAMS).map(([name, program]) => [name, findProgram(program)]),
  )
  const missing = (Object.keys(PROGRAMS) as (keyof Found)[]).filter(
    (name) => programs[name] === undefined,
  )
  for (const name of missing) {
    const named = PROGRAMS[name].ofNamedFolder ? process.env.TIDEGAUGE_PROMETHEUS : ''
    say(
      `  no ${name} ${named ? `in TIDEGAUGE_PROMETHEUS, ${named}` : 'on the PATH'}. ${PROGRAMS[name].cure}`,
    )
  }
  const needed = check ? (['prometheus', 'alertmanager'] as const) : (['prometheus'] as const)
  if (needed.some((name) => missing.includes(name))) {
    if (check && process.env.TIDEGAUGE_REQUIRE_SERVERS !== '1') {
      say('The story was not checked.\n0 passed, 0 failed')
      return
    }
    throw new Error(
      `it cannot do without ${needed.filter((name) => missing.includes(name)).join(' and ')}`,
    )
  }

  await runStack(console, signal, {
    start: (progress) =>
      startStack({
        programs: { ...programs, prometheus: programs.prometheus! },
        tempo: quick || check ? QUICK : CALM,
        rate,
        months: ['2001-01', '2001-02'],
        anyPorts: check,
        progress,
        signal,
      }),
    seen: ({ children }) => `${children.length} processes, on 127.0.0.1 alone`,
    work(stack) {
      tellAddresses(console, stack)
      return check ? checkStory(console, stack) : tellWhatHappens(console, stack, signal)
    },
  })
}

function tellAddresses({ heading, say }: Console, { urls }: Stack): void {
  heading('Where to look')
  const rows: [string, string | undefined, string][] = [
    ['live report', urls.services[0], 'of the first replica'],
    ['', urls.services[1], 'of the second'],
    ['metrics', `${urls.services[0]}/metrics`, ''],
    ['player', urls.player, 'POST /normal, /slow or /shift'],
    // Debian's has no page at /alerts.
    ['Prometheus', urls.prometheus, 'its page Alerts says what fires'],
    ['Alertmanager', urls.alertmanager, ''],
    ['Grafana', urls.grafana, ''],
  ]
  for (const [name, url, what] of rows) {
    if (url !== undefined) say(`  ${name.padEnd(12)}  ${url}  ${what}`.trimEnd())
  }
}

async function tellWhatHappens(
  { heading, say, paint }: Console,
  stack: Stack,
  signal: AbortSignal,
): Promise<never> {
  const { urls } = stack
  heading('Try it')
  say(
    `  curl -X POST ${urls.player}/shift    # the data drifts; requests stay as quick as they were`,
  )
  say(`  curl -X POST ${urls.player}/slow     # every fifth request waits`)
  say(`  curl -X POST ${urls.player}/normal`)
  heading('What happens')
  tellEvents(stack, signal, ({ time, who, what }) => {
    say(`  ${paint.dim(clockText(time))}  ${who.padEnd(12)}  ${what}`)
  })
  say('  Running until Ctrl-C.')
  return await new Promise(() => {})
}

function readOptions(): Options | 'help' {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      rate: { type: 'string' },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const rate = Number(values.rate ?? (values.check ? 100 : 60))
  if (!(rate > 0 && rate <= 1000)) throw new Error('--rate must be above 0 and at most 1000')
  return { ...values, rate }
}

await runProgram('stack', async (signal) => {
  const options = readOptions()
  if (options === 'help') process.stdout.write(HELP)
  else await main(options, signal)
})
