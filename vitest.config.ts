import { availableParallelism } from 'node:os'
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

/**
 * Tests that start processes (the command, real servers, browsers, programs of their own), the compiler on all sources, every
 * framework, or DuckDB on large files.
 */
const WITH_PROCESSES = [
  'conformance/*.test.ts',
  'docs/{commands,compare,exports,given-nothing,site-in-browser,snippets,unknown-options}.test.ts',
  'examples/prometheus-grafana/{soak,test}/**/*.test.ts',
  'examples/streamflow/test/{image,streamflow}.test.ts',
  'packages/sources/src/files/read-back.test.ts',
  'packages/cli/test/**/*.test.ts',
  'packages/connect/test/**/*.test.ts',
  'packages/core/test/plain-lookups.test.ts',
  'packages/drift/test/{bundle-size,detect-drift-async}.test.ts',
  'packages/metrics/test/{cluster,import-cost,live-prometheus,metrics-handler-sources,prometheus-cluster}.test.ts',
  'packages/mixin/test/**/*.test.ts',
  'packages/monitor/test/{alertmanager,foreign-page,live-false-alarms,live-page,memory}.test.ts',
  'packages/reporters/src/node/*.test.ts',
  'packages/reporters/test/browser/*.test.ts',
  'packages/sources/test/**/*.test.ts',
]

/** Tests of hosts that others share: an app of Express that is extended, a registry of a client. Each file has a process of its own. */
const WITH_HOSTS = [
  'docs/*.test.ts',
  'examples/*/**/*.test.ts',
  'packages/{metrics,monitor}/{src,test}/**/*.test.{ts,tsx}',
]

const shared = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // `describeWithServer` gives each of its tests the name of its server; these two are asked for by `pnpm check:servers`.
  tags: [{ name: 'prometheus' }, { name: 'alertmanager' }],
  strictTags: false,
  // A loaded machine may be slow for longer than the second that is the default.
  expect: { poll: { timeout: 60_000 } },
}

const QUICK_SETUP = ['./vitest.setup.ts', './vitest.no-processes.ts']

const config: ViteUserConfig = {
  test: {
    maxWorkers: availableParallelism(),
    projects: [
      {
        resolve,
        ssr,
        test: {
          ...shared,
          name: 'quick-functions',
          include: ALL,
          exclude: ['**/node_modules/**', ...WITH_PROCESSES, ...WITH_HOSTS],
          setupFiles: QUICK_SETUP,
          // What is compiled once stays so: half of the time.
          isolate: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...shared,
          name: 'quick-hosts',
          include: WITH_HOSTS,
          exclude: ['**/node_modules/**', ...WITH_PROCESSES],
          setupFiles: QUICK_SETUP,
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
