/**
 * Runs the transformations of panels through Grafana's own `@grafana/data`: a process for each version, since the one
 * asks for a `window` while it is loaded, and the other then takes it for a browser, and asks for it later.
 *
 *   node transform.cjs <folder of node_modules> <11|13>
 *
 * Reads `[{ transformations, frames }]` from standard input, and writes the columns that come of each.
 */
const { createRequire } = require('node:module')
const { join } = require('node:path')

const [folder, version] = process.argv.slice(2)
if (version === '11') globalThis.window = {}
const { standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame } =
  createRequire(join(folder, 'package.json'))(`grafana-data-${version}`)

globalThis.window = {}

/** Those of our panels; a panel with another is not transformed, and its test fails. */
const USED = ['merge', 'organizeFields', 'sortBy']

standardTransformersRegistry.setInit(() =>
  USED.map((name) => standardTransformers[`${name}Transformer`]).map((transformation) => ({
    id: transformation.id,
    name: transformation.name,
    transformation: version === '11' ? transformation : () => Promise.resolve(transformation),
  })),
)

let text = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk) => {
  text += chunk
})
process.stdin.on('end', async () => {
  const { firstValueFrom } = createRequire(
    createRequire(join(folder, 'package.json')).resolve(`grafana-data-${version}`),
  )('rxjs')
  const results = []
  for (const { transformations, frames } of JSON.parse(text)) {
    const found = await firstValueFrom(transformDataFrame(transformations, frames.map(toDataFrame)))
    results.push(
      found.map(({ fields }) =>
        fields.map(({ name, values, config }) => [config.displayName ?? name, [...values]]),
      ),
    )
  }
  process.stdout.write(JSON.stringify(results))
})
