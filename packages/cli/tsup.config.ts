import type { Options } from 'tsup'

const config: Options = {
  entry: { bin: 'src/bin.ts' },
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
}

export default config
