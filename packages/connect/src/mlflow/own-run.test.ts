import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConnectError } from '../connect-error.ts'
import type { MlflowRun, Said } from './mlflow-api.ts'
import { ownRun, REPORT_ID } from './own-run.ts'

/** What MLflow's store keeps of runs, each call done at a moment that the scheduler chooses. */
function store(scheduler: fc.Scheduler) {
  const runs = new Map<string, MlflowRun & { params: Map<string, string>; isGone: boolean }>()
  let made = 0
  const alive = () => [...runs.values()].filter(({ isGone }) => !isGone)
  const later = async <T>(act: () => T): Promise<T> => {
    // Before it is done, and before its answer arrives.
    await scheduler.schedule(Promise.resolve())
    const done = act()
    await scheduler.schedule(Promise.resolve())
    return done
  }
  const api = {
    runsWithTag: () => later(() => alive().map((run) => ({ ...run, params: new Map(run.params) }))),
    setOnce: (runId: string, key: string, value: string) =>
      later((): Said => {
        const { params, isGone } = runs.get(runId)!
        if (!isGone && !params.has(key)) params.set(key, value)
        if (!params.has(key)) return 'is deleted'
        return params.get(key) === value ? 'says so' : 'says otherwise'
      }),
    deleteRun: (runId: string) =>
      later(() => {
        const run = runs.get(runId)!
        if (run.isGone) throw new ConnectError('it is deleted already')
        run.isGone = true
      }),
  }
  const begin = (startTime: number) => () =>
    later(() => {
      const runId = `run ${made++}`
      const run = {
        ...{ runId, startTime, experimentId: '0', status: 'RUNNING', isDeleted: false },
        ...{ artifactUri: '', metrics: new Set<string>(), isGone: false },
        tags: new Map([[REPORT_ID, 'r']]),
        params: new Map<string, string>(),
      }
      runs.set(runId, run)
      return run
    })
  return { api, begin, alive }
}

test('however many begin at once, and whatever their clocks say, all have one run, and no other is left', async () => {
  const clocks = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), clocks, async (scheduler, times) => {
      const { api, begin, alive } = store(scheduler)
      const senders = times.map((time) =>
        ownRun({
          api,
          experimentId: '0',
          reportId: 'r',
          begin: begin(time),
          pause: () => Promise.resolve(),
          name: 'MLflow',
        }),
      )
      const found = await scheduler.waitFor(Promise.all(senders))
      const chosen = new Set(found.map(({ runId }) => runId))
      expect([...chosen]).toHaveLength(1)
      expect(alive().map(({ runId }) => runId)).toEqual([...chosen])
    }),
    { numRuns: 500 },
  )
})

test('a server that stays busy is not asked for ever', async () => {
  let asked = 0
  const sending = ownRun({
    api: {
      runsWithTag: async () => [],
      setOnce: async () => 'says so' as const,
      deleteRun: async () => {},
    },
    experimentId: '0',
    reportId: 'r',
    begin: async () => {
      asked++
      return undefined
    },
    pause: async () => {},
    name: 'MLflow at http://localhost:5000',
  })
  await expect(sending).rejects.toThrow(
    'MLflow at http://localhost:5000: beginning a run: the server was busy',
  )
  expect(asked).toBe(10)
})
