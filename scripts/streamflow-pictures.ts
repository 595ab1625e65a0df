import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { until } from '../examples/prometheus-grafana/stack/until.ts'
import { asOf, STORY } from '../examples/streamflow/database/snapshots.ts'
import { monthlyJob } from '../examples/streamflow/stack/monthly-job.ts'
import { findPrograms, type StackPrograms } from '../examples/streamflow/stack/programs.ts'
import { startStreamflow } from '../examples/streamflow/stack/start-streamflow.ts'
import { MINUTE } from '../examples/streamflow/stack/tempo.ts'

/** One real run of streamflow for docs/streamflow.md: the live page of the month that went wrong, and the monthly job in MLflow. */
export async function picturesOfStreamflow(browser: Browser, directory: string): Promise<void> {
  const { found, missing } = await findPrograms((text) => console.log(text))
  const [lacking] = missing.filter(({ name }) => name !== 'grafana')
  if (lacking !== undefined) throw new Error(`no ${lacking.name}: ${lacking.cure}`)
  const stack = await startStreamflow({
    programs: found as StackPrograms,
    tempo: MINUTE,
    rate: 20,
    anyPorts: true,
    progress: (text) => console.log(text),
  })
  try {
    const { urls, env } = stack
    const decision = async () => {
      const answer = await fetch(`${urls.service}/drift`, {
        headers: { accept: 'application/json' },
      })
      const report = (await answer.json()) as { decision: { action: string } }
      return report.decision.action
    }
    const decides = (action: string) =>
      until(async () => (await decision()) === action || undefined, { seconds: 240, what: action })
    await decides('NO_ACTION')
    await fetch(`${urls.player}/shift`, { method: 'POST' })
    await decides('ACTION')
    await new Promise((resolve) => setTimeout(resolve, MINUTE.windowSeconds * 1000)) // a whole window of it
    const open = async (url: string, height: number): Promise<Page> => {
      const page = await browser.newPage({
        viewport: { width: 1280, height },
        deviceScaleFactor: 1.25,
      })
      await page.goto(url)
      return page
    }
    const live = await open(`${urls.service}/drift`, 1000)
    await live.screenshot({ path: join(directory, 'streamflow-live.png') })
    await live.close()

    await monthlyJob(asOf(STORY.reference), asOf(STORY.quiet), env)
    await monthlyJob(asOf(STORY.quiet), asOf(STORY.broken), env)
    const runs = await open(`${urls.mlflow}/#/experiments/1`, 700)
    await runs.getByText('drift', { exact: false }).first().waitFor()
    await runs.waitForTimeout(3000)
    await runs.screenshot({ path: join(directory, 'streamflow-mlflow.png') })
    await runs.close()
  } finally {
    await stack.stop()
  }
}
