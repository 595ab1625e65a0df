import type { MlflowOptions } from '@tidegauge/connect/mlflow'
import { UsageError } from '../usage-error.ts'

/** What MLflow's own client reads of the environment, and who is told of it: no other host. */
export type TrackingServer = Pick<
  MlflowOptions,
  'trackingUri' | 'experiment' | 'runId' | 'username' | 'password' | 'token'
>

export const CREDENTIAL_VARIABLES =
  'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN'

/**
 * Where reports are logged. The environment alone says it: a config file in the working folder, which somebody else may
 * have written, sends nobody's credentials anywhere.
 *
 * @throws UsageError that quotes no address: it may hold a password
 */
export function trackingServer(env: NodeJS.ProcessEnv = process.env): TrackingServer {
  const { url, username, password } = addressOf(env.MLFLOW_TRACKING_URI)
  const user = env.MLFLOW_TRACKING_USERNAME || username
  const secret = env.MLFLOW_TRACKING_PASSWORD || password
  const token = env.MLFLOW_TRACKING_TOKEN
  if ((user === undefined) !== (secret === undefined)) {
    throw new UsageError(
      'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD belong together: one of them is not set',
    )
  }
  if (token && !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError('MLFLOW_TRACKING_TOKEN must be one line without spaces')
  }
  return {
    trackingUri: url,
    ...whereTo(env),
    // As MLflow's client has it: a user goes before a token.
    ...(user !== undefined && secret !== undefined
      ? { username: user, password: secret }
      : token && { token }),
  }
}

interface Address {
  readonly url: string
  readonly username: string | undefined
  readonly password: string | undefined
}

function addressOf(written: string | undefined): Address {
  if (!written) {
    throw new UsageError(
      '--mlflow logs to a tracking server: set MLFLOW_TRACKING_URI (http://localhost:5000)',
    )
  }
  if (!/^https?:\/\//i.test(written)) {
    throw new UsageError(
      'MLFLOW_TRACKING_URI must begin with http:// or https://: a folder or a database takes no requests, start mlflow server over it',
    )
  }
  if (!URL.canParse(written)) {
    throw new UsageError(
      'MLFLOW_TRACKING_URI is no URL: write signs in a password as %23, %2F … (encodeURIComponent)',
    )
  }
  const url = new URL(written)
  const [username, password] = [url.username, url.password].map((part) =>
    part === '' ? undefined : decoded(part),
  )
  url.username = ''
  url.password = ''
  return { url: url.href, username, password }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function whereTo({
  MLFLOW_RUN_ID: runId,
  MLFLOW_EXPERIMENT_NAME: experiment,
}: NodeJS.ProcessEnv): Pick<TrackingServer, 'experiment' | 'runId'> {
  if (runId) return { runId }
  if (experiment) return { experiment }
  throw new UsageError(
    '--mlflow needs to know as what to log: set MLFLOW_EXPERIMENT_NAME, in which the report gets a run, or MLFLOW_RUN_ID',
  )
}
