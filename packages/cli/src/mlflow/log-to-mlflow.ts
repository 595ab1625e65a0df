import { ConnectError } from '@tidegauge/connect'
import { mlflow } from '@tidegauge/connect/mlflow'
import type { DriftReport } from '@tidegauge/drift'
import { type RenderOptions, rendererOf } from '../output/report-formats.ts'
import { untilInterrupted } from '../terminal/interrupts.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { CREDENTIAL_VARIABLES, type TrackingServer } from './tracking-server.ts'

/**
 * Logs a report, and says where on standard error: standard output is the report's.
 *
 * @throws ConnectError where it is not there whole, in the words of the command
 */
export async function logToMlflow(
  report: DriftReport,
  server: TrackingServer,
  render: RenderOptions,
  terminal: Terminal,
): Promise<void> {
  const reporters = { html: rendererOf('html', render), json: rendererOf('json', render) }
  const destination = mlflow({ ...server, reporters })
  const delivery = await untilInterrupted((signal) => destination.send(report, { signal })).catch(
    inWordsOfTheCommand,
  )
  for (const one of delivery.leftOut) terminal.error(`MLflow: ${one}`)
  terminal.error(`${delivery.wasThere ? 'is logged already' : 'logged'}: ${delivery.url}`)
}

function inWordsOfTheCommand(error: unknown): never {
  const { code, status, missing, message } = error as ConnectError
  if (code !== 'ERR_CONNECT' || status !== 401) throw error
  throw new ConnectError(`${message}: set ${CREDENTIAL_VARIABLES}`, { status, missing })
}
