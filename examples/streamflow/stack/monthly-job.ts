import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface JobOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The last line on standard output: where the reports are, and the verdict. */
  readonly line: string
}

const JOB = fileURLToPath(new URL('../job/monthly.sh', import.meta.url))

/** Runs the monthly job as cron would: `reference` and `current` are the dates of two snapshots. */
export function monthlyJob(
  reference: string,
  current: string,
  env: Readonly<Record<string, string>>,
  ...more: readonly string[]
): Promise<JobOutcome> {
  return new Promise((resolve) => {
    const options = {
      env: { ...process.env, NO_COLOR: '1', CI: 'true', ...env },
      maxBuffer: 2 ** 24,
    }
    execFile('sh', [JOB, reference, current, ...more], options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1
      resolve({ code, stdout, stderr, line: stdout.trimEnd().split('\n').at(-1) ?? '' })
    })
  })
}
