import type { Options } from 'tsup'

/** Every library is built alike: ESM, CJS and the types of both, from the entries named in its `exports` map. */
export function library(entry: Record<string, string>, options: Options = {}): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    dts: true,
    target: 'node20',
    sourcemap: true,
    clean: true,
    treeshake: true,
    ...options,
  }
}
