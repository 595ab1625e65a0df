import { spawnSync } from 'node:child_process'
import { median } from './alternate-cpu.ts'

export interface Run {
  readonly seconds: number
  /** Peak resident memory. */
  readonly megabytes: number
}

/** Runs a program to its end, timed by GNU time (/usr/bin/time). */
export function timedProcess(args: readonly string[]): Run {
  const { status, stderr, error } = spawnSync('/usr/bin/time', ['-f', '%e %M', ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')}\n${error?.message ?? stderr}`)
  const [seconds, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { seconds: seconds!, megabytes: kilobytes! / 1000 }
}

/** The middle one of several runs, of time and of memory. */
export function medianRun(runs: readonly Run[]): Run {
  return {
    seconds: median(runs.map((run) => run.seconds)),
    megabytes: median(runs.map((run) => run.megabytes)),
  }
}
