/** `pnpm docs:build` and `pnpm docs:dev`: the site of docs/, built into docs/.vitepress/dist, or served while it is written. */
import { fileURLToPath } from 'node:url'
import { build, createServer } from 'vitepress'
import { deadLinks } from './check-links.ts'
import { writeReference } from './write-reference.ts'

const docs = fileURLToPath(new URL('..', import.meta.url))
const base = process.env.DOCS_BASE ?? '/tidegauge/'

await writeReference()
if (process.argv[2] === 'dev') {
  const server = await createServer(docs)
  await server.listen()
  server.printUrls()
} else {
  await build(docs)
  const dead = deadLinks(`${docs}.vitepress/dist`, base)
  for (const link of dead) console.error(`dead link: ${link}`)
  if (dead.length > 0) process.exitCode = 1
}
