import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dockerIgnore } from './compose-file.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Does in an empty folder what a Dockerfile of ours does in its image: copies what it copies, runs what it runs. Left out are the base
 * image, the user, and the folders that are made for volumes.
 */
export function runDockerfile(dockerfile: string, folder: string): void {
  const isCopied = dockerIgnore(readFileSync(resolve(ROOT, '.dockerignore'), 'utf8'))
  for (const line of dockerfile.split('\n')) {
    const [, instruction, rest] = /^(COPY|RUN) (.+)$/.exec(line) ?? []
    if (instruction === 'COPY') {
      const paths = rest!.split(' ')
      const target = paths.pop()!
      for (const path of paths) {
        const to = join(folder, target, ...(target.endsWith('/') ? [path.split('/').at(-1)!] : []))
        mkdirSync(dirname(to), { recursive: true })
        cpSync(join(ROOT, path), to, {
          recursive: true,
          filter: (source) => isCopied(relative(ROOT, source)),
        })
      }
    } else if (instruction === 'RUN' && !rest!.startsWith('install -d ')) {
      const env = { ...process.env, CI: 'true' }
      execFileSync('sh', ['-c', rest!], { cwd: folder, env, stdio: 'pipe' })
    }
  }
}
