/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    'packages/core/src/decision.ts',
    'packages/core/src/binned-profile.ts',
    'packages/drift/src/judge/judge.ts',
    'packages/drift/src/measure/effect.ts',
    'packages/metrics/src/recorder/series-index.ts',
    'packages/metrics/src/native/native-buckets.ts',
    'packages/metrics/src/native/native-rows.ts',
    'packages/metrics/src/native/bucket-index.ts',
    'packages/monitor/src/window/window-ring.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.ts' },
  packageManager: 'pnpm',
  plugins: ['@stryker-mutator/vitest-runner'],
  ignorePatterns: ['/*', '!/packages', '!/vitest.*', '!/tsconfig*'],
  concurrency: 1,
  tempDirName: '.tmp/stryker',
  coverageAnalysis: 'perTest',
  // What runs while a file of tests is loaded: a mutant that breaks the loading would pass for one that nobody saw.
  ignoreStatic: true,
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { logTests: false, allowColor: false, skipFull: true },
  htmlReporter: { fileName: 'reports/mutants.html' },
  jsonReporter: { fileName: 'reports/mutants.json' },
  thresholds: { high: 100, low: 95, break: 95 },
}
