import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** That of this process, unless a test says otherwise. */
export interface System {
  readonly platform?: NodeJS.Platform
  readonly isRoot?: boolean
  readonly home?: string
}

/**
 * Where programs lie that were fetched once: `TIDEGAUGE_CACHE`, else where the system keeps such things. As root it is a folder
 * that others may read, since PostgreSQL runs as another user then.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, system: System = {}): string {
  const {
    platform = process.platform,
    isRoot = process.getuid?.() === 0,
    home = homedir(),
  } = system
  if (env.TIDEGAUGE_CACHE) return env.TIDEGAUGE_CACHE
  if (isRoot) return '/var/cache/tidegauge'
  if (platform === 'darwin') return join(home, 'Library/Caches/tidegauge')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'tidegauge')
}

const COMPLETE = 'complete'
/** Another run that fetches the same is waited for as long. */
const LONGEST_SECONDS = 1800

/**
 * A folder of the cache, filled once and then taken as it is. What was broken off begins anew.
 *
 * @param name - with the version of what is in it
 */
export async function cached(
  cache: string,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name)
  const isComplete = () => existsSync(join(folder, COMPLETE))
  if (isComplete()) return folder
  mkdirSync(cache, { recursive: true, mode: 0o755 })
  const release = await locked(`${folder}.lock`)
  try {
    if (isComplete()) return folder // by whom it was waited for
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { mode: 0o755 })
    await fill(folder)
    writeFileSync(join(folder, COMPLETE), '')
    return folder
  } finally {
    release()
  }
}

/** Holds a file that says whose it is; one that a process left behind when it ended counts for nothing. */
async function locked(file: string): Promise<() => void> {
  for (const deadline = performance.now() + LONGEST_SECONDS * 1000; ; ) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = ownerOf(file)
    if (owner !== undefined && !isAlive(owner)) removeDead(file)
    if (performance.now() > deadline) {
      throw new Error(`process ${owner ?? '?'} holds ${file}: end it, or remove ${file}*`)
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/**
 * Of two who find the same dead owner, the second would remove what the first holds by then. So one at a time looks again and
 * removes; nobody else takes a file away that another holds.
 */
export function removeDead(file: string): void {
  const turn = `${file}.turn`
  try {
    writeFileSync(turn, '', { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return // somebody else is at it
    throw error
  }
  try {
    const owner = ownerOf(file)
    if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true })
  } finally {
    rmSync(turn, { force: true })
  }
}

/** Undefined where it was not written yet, or is gone. */
function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // somebody else's
  }
}
