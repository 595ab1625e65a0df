/**
 * Runs all cases on our middlewares and on the others', and writes docs/conformance.md.
 * `pnpm --filter @tidegauge/conformance table`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { CASES } from './cases.ts'
import { HOSTS } from './subjects/hosts.ts'
import { PEERS } from './subjects/peers.ts'
import { STACKS } from './subjects/tidegauge.ts'

type Failures = Readonly<Record<string, string | null>>

const HOST_NAMES = Object.keys(HOSTS)
const OURS: Readonly<Record<string, string>> = Object.fromEntries(
  [...STACKS, ...HOST_NAMES].map((name) => [name, `tidegauge on ${name}`]),
)
const PACKAGES: Readonly<Record<string, string>> = {
  express: 'express',
  express4: 'express4',
  fastify: 'fastify',
  koa: 'koa',
  hono: 'hono',
  'OpenTelemetry http': '@opentelemetry/instrumentation-http',
  'OpenTelemetry http on Express': '@opentelemetry/instrumentation-http',
}

const subjects = [...STACKS, ...HOST_NAMES, ...Object.keys(PEERS)]
const results = new Map<string, Failures>()
for (const subject of subjects) {
  const failures = await run(subject)
  results.set(subject, failures)
  process.stderr.write(`${OURS[subject] ?? subject}: ${passed(failures)}\n`)
}
writeFileSync(new URL('../docs/conformance.md', import.meta.url), page())
const isBroken = (name: string) => Object.values(results.get(name)!).some(Boolean)
process.exitCode = Object.keys(OURS).some(isBroken) ? 1 : 0

/** In a process of its own: some of the others patch Node. */
async function run(subject: string): Promise<Failures> {
  const args = ['--conditions=tidegauge-source', '--import', 'tsx', 'run-cases.ts', subject]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.on('data', (piece) => {
    output += piece
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${subject} ended with ${status}`)
  return JSON.parse(output.trim().split('\n').at(-1)!) as Failures
}

function passed(failures: Failures): string {
  const all = Object.values(failures)
  return `${all.filter((failure) => failure === null).length} of ${all.length}`
}

function page(): string {
  const peers = Object.keys(PEERS)
  return `# Is every request counted exactly once?

<!-- Written by \`pnpm --filter @tidegauge/conformance table\`; do not edit. -->

${CASES.length} cases over real sockets, each on every stack where it makes sense, on Node ${process.version}; those that need no connection also on what runs
an app without one: adapters for AWS Lambda, and \`inject()\` ([serverless.md](serverless.md)). A case passes where exactly the
expected series are counted, nothing more comes later, and no request is left under way. Each was seen to fail under the
mutation of the middleware that the [last table](#seen-red) names (\`pnpm --filter @tidegauge/conformance mutations\`).

| middleware | cases passed |
| --- | ---: |
${[...STACKS, ...HOST_NAMES, ...peers].map((name) => `| ${nameOf(name)} | ${passed(results.get(name)!)} |`).join('\n')}

The others run with the options that give them route templates where they have any; error types, which only tidegauge
has, are not asked of them, nor routes of OpenTelemetry's http instrumentation, which come from the instrumentation of each framework.
express-prom-bundle is asked for the route of Express; by default it names the path, that of a mount too, with each value of a parameter.
Some cases are a matter of taste: that an unknown method is \`_OTHER\` is OpenTelemetry's convention, that server-sent events count when they
begin is our default, and 499 is nginx's word for a client that left.

## Case by case

| case | tidegauge | ${peers.join(' | ')} |
| --- | :-: | ${peers.map(() => ':-:').join(' | ')} |
${CASES.map(row).join('\n')}

An empty cell: the case cannot happen there.

## What was counted instead

| middleware | case | counted |
| --- | --- | --- |
${peers.flatMap(wrongOf).join('\n')}

## Seen red

| case | fails where |
| --- | --- |
${CASES.map(({ title, red }) => `| ${title} | ${red} |`).join('\n')}
`
}

function nameOf(subject: string): string {
  return `${OURS[subject] ?? subject}${versionOf(subject)}`
}

function versionOf(subject: string): string {
  if (subject === 'node') return ''
  if (Object.hasOwn(HOSTS, subject)) return hostVersionOf(subject)
  return packageVersion(PACKAGES[subject] ?? subject)
}

function packageVersion(name: string): string {
  const path = new URL(`node_modules/${name}/package.json`, import.meta.url)
  return ` ${(JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version}`
}

function hostVersionOf(host: string): string {
  const name = /^(@?[a-z/-]+), /.exec(host)?.[1]
  return name === undefined ? '' : ` (${packageVersion(name).trim()})`
}

function row({ title }: (typeof CASES)[number]): string {
  const ours = Object.keys(OURS)
    .map((name) => results.get(name)![title])
    .filter((failure) => failure !== undefined)
  const cells = [
    ours.every((failure) => failure === null) ? '✓' : '✗',
    ...Object.keys(PEERS).map((peer) => mark(results.get(peer)![title])),
  ]
  return `| ${title} | ${cells.join(' | ')} |`
}

function mark(failure: string | null | undefined): string {
  if (failure === undefined) return ''
  return failure === null ? '✓' : '✗'
}

function wrongOf(peer: string): string[] {
  return CASES.flatMap(({ title }) => {
    const failure = results.get(peer)![title]
    return typeof failure === 'string' ? [`| ${peer} | ${title} | ${countedIn(failure)} |`] : []
  })
}

/** By how a case failed: what was counted. */
function countedIn(failure: string): string {
  const counted = /^\{(.*?)\}/.exec(failure)?.[1]
  if (counted === undefined) return 'something else'
  if (counted === '') return 'nothing'
  const series = counted.replaceAll('"', '').split(',')
  const shown = series.slice(0, 2).map((one) => one.replace(/:1$/, '').replace(/:(\d+)$/, ' × $1'))
  return `${shown.join(', ')}${series.length > 2 ? ', …' : ''}`.replaceAll('|', '\\|')
}
