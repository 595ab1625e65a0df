/** One `koa-mount` that a request went into: its path, and the request's on the way in. */
export interface KoaMount {
  readonly prefix: string
  readonly path: string
}

/** The part of Koa's context that is used here. */
interface MountedContext {
  readonly path: string
  [MOUNTS]?: KoaMount[]
}

const MOUNTS = Symbol('tidegauge.mounts')
const watched = new WeakSet<object>()

/**
 * Has every context of an app remember the mounts that it goes into. `koa-mount` sets `ctx.mountPath`, and takes
 * back what it did to the path when it is left: one within another is not known in the end. A request that
 * goes into none costs nothing.
 *
 * @param prototype - `app.context`
 */
export function watchKoaMounts(prototype: object): void {
  if (watched.has(prototype)) return
  watched.add(prototype)
  if ('mountPath' in prototype) return
  Object.defineProperty(prototype, 'mountPath', {
    configurable: true,
    get(this: MountedContext): string | undefined {
      return this[MOUNTS]?.at(-1)?.prefix
    },
    set(this: MountedContext, prefix: string) {
      const { path } = this
      // Those that it was in just now have brought it to this path; any other it has left.
      const mounts = this[MOUNTS] ?? []
      while (mounts.length > 0 && pathWithin(mounts.at(-1)!) !== path) mounts.pop()
      mounts.push({ prefix, path })
      this[MOUNTS] = mounts
    },
  })
}

/** From the outermost in. */
export function koaMounts(ctx: object): readonly KoaMount[] {
  return (ctx as MountedContext)[MOUNTS] ?? []
}

/** What is left of the path inside of a mount. */
export function pathWithin({ prefix, path }: KoaMount): string {
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : path
  return rest.startsWith('/') ? rest : `/${rest}`
}
