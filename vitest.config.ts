import type { ViteUserConfig } from 'vitest/config'

// Tests read the packages' sources through this condition, so that none needs a build.
const conditions = ['tidegauge-source', 'node']
const resolve = { conditions }
const ssr = { resolve: { conditions, externalConditions: conditions } }

const ALL = [
  'packages/*/{src,test}/**/*.test.{ts,tsx}',
  'examples/*/**/*.test.ts',
  'docs/*.test.ts',
  'conformance/*.test.ts',
]

/** Tests that start processes (the command, real servers, browsers, programs of their own), or the compiler on all sources. */
const WITH_PROCESSES = [
  'docs/{exports,given-nothing,snippets,unknown-options}.test.ts',
  'examples/prometheus-grafana/{soak,test}/**/*.test.ts',
  'packages/cli/test/**/*.test.ts',
  'packages/core/test/plain-lookups.test.ts',
  'packages/drift/test/{bundle-size,detect-drift-async}.test.ts',
  'packages/metrics/test/{cluster,import-cost,live-prometheus,metrics-handler-sources,prometheus-cluster}.test.ts',
  'packages/mixin/test/**/*.test.ts',
  'packages/monitor/test/{alertmanager,foreign-page,memory}.test.ts',
  'packages/reporters/src/node/*.test.ts',
  'packages/reporters/test/browser/*.test.ts',
]

const shared = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // A loaded machine may be slow for longer than the second that is the default.
  expect: { poll: { timeout: 60_000 } },
}

const config: ViteUserConfig = {
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          ...shared,
          name: 'quick',
          include: ALL,
          exclude: ['**/node_modules/**', ...WITH_PROCESSES],
          setupFiles: ['./vitest.setup.ts', './vitest.no-processes.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...shared,
          name: 'servers',
          include: WITH_PROCESSES,
          setupFiles: ['./vitest.setup.ts'],
        },
      },
    ],
  },
}

export default config
