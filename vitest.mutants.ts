import type { ViteUserConfig } from 'vitest/config'

const conditions = ['tidegauge-source', 'node']

/** For `pnpm mutants`: a mutant has to be killed by the tests that stand beside its file. */
const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/core/src/{decision,binned-profile}.test.ts',
      'packages/drift/src/judge/judge.test.ts',
      'packages/drift/src/measure/effect.test.ts',
      'packages/metrics/src/recorder/series-index.test.ts',
      'packages/metrics/src/native/*.test.ts',
      'packages/monitor/src/window/window-ring.test.ts',
    ],
    setupFiles: ['./vitest.setup.ts'],
    testTimeout: 120_000,
  },
}

export default config
