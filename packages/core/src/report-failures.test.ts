import { expect, onTestFinished, test, vi } from 'vitest'
import { failureReporter } from './report-failures.ts'

function warnings() {
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => spy.mockRestore())
  return spy.mock.calls
}

const WARNING = { type: 'TidegaugeWarning', code: 'TIDEGAUGE_TEST' }

test('without a listener the first failure alone is a process warning', () => {
  const calls = warnings()
  const report = failureReporter(undefined, 'it failed', 'TIDEGAUGE_TEST')
  report(new Error('first'))
  report(new Error('second'))
  expect(calls).toEqual([['it failed: first', WARNING]])
})

test('a listener is told of every failure, whatever was thrown', () => {
  const calls = warnings()
  const told: unknown[] = []
  const report = failureReporter((error) => told.push(error), 'it failed', 'TIDEGAUGE_TEST')
  report(1)
  report(undefined)
  expect(told).toEqual([1, undefined])
  expect(calls).toEqual([])
})

test('a listener that throws does no harm, and its own failure is the warning', () => {
  const calls = warnings()
  const thrower = () => {
    throw new Error('worse')
  }
  failureReporter(thrower, 'it failed', 'TIDEGAUGE_TEST')(new Error('bad'))
  expect(calls).toEqual([['it failed: worse', WARNING]])
})

test('what cannot be text does no harm', () => {
  const calls = warnings()
  failureReporter(undefined, 'it failed', 'TIDEGAUGE_TEST')(Object.create(null))
  expect(calls).toEqual([['it failed: a thrown object', WARNING]])
})
