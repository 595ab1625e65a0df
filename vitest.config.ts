import type { ViteUserConfig } from 'vitest/config'

// Tests read the packages' sources through this condition, so that none needs a build.
const conditions = ['tidegauge-source', 'node']

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.{ts,tsx}',
      'examples/*/**/*.test.ts',
      'docs/*.test.ts',
      'conformance/*.test.ts',
    ],
    setupFiles: ['./vitest.setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A loaded machine may be slow for longer than the second that is the default.
    expect: { poll: { timeout: 60_000 } },
  },
}

export default config
