import type { Options } from 'tsup'

/**
 * Benchmarks of numeric loops run as plain JavaScript. The hooks by which tsx loads CommonJS (jstat) transfer an
 * ArrayBuffer, after which V8 checks at every access whether a typed array has lost its memory: 1.5 times as slow.
 */
const config: Options = {
  format: 'esm',
  target: 'node20',
  noExternal: [/./],
  silent: true,
  esbuildOptions(options) {
    options.conditions = ['tidegauge-source']
  },
}

export default config
