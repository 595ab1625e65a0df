import { InvalidArgumentError } from '@tidegauge/core'

/**
 * Refuses what leads elsewhere: `fetch` makes `a/../b` to `b`, and the server would store it in the folder of another run.
 *
 * @throws InvalidArgumentError
 */
export function assertArtifactPath(argument: string, path: unknown): void {
  if (typeof path === 'string' && path.split('/').every(isStep)) return
  throw new InvalidArgumentError(argument, 'a path below the run, as drift/january', path)
}

function isStep(step: string): boolean {
  return step !== '' && step !== '.' && step !== '..' && !/[\\\p{Cc}\p{Cs}]/u.test(step)
}

/**
 * Where the artifacts of a run are sent to.
 *
 * @param artifactUri - of the run, as the server has it: `mlflow-artifacts:/1/<run>/artifacts`
 * @param base - of the server
 * @returns undefined where another than this server takes them: a bucket, a folder, another host
 */
export function artifactUrl(artifactUri: string, path: string, base: URL): URL | undefined {
  const found = ofProxy(artifactUri, base)
  if (found === undefined) return undefined
  const own = path.split('/').map(encodeURIComponent).join('/')
  const written = `${found.replace(/\/+$/, '')}/${own}`
  const url = new URL(written, base.origin)
  // Nothing of it was taken for a step: what is asked for is what was written.
  return url.pathname === written ? url : undefined
}

/** A path of the host, as it is written in a URL. */
function ofProxy(artifactUri: string, base: URL): string | undefined {
  const [, scheme, authority, path = ''] =
    /^(mlflow-artifacts|https?):(?:\/\/([^/]*))?(\/[^?#]*)$/.exec(artifactUri) ?? []
  if (scheme === undefined) return undefined
  const prefix = base.pathname.replace(/\/+$/, '')
  if (scheme !== 'mlflow-artifacts') {
    return new URL(artifactUri).origin === base.origin ? path : undefined
  }
  if (authority !== undefined && authority !== '' && authority !== base.host) return undefined
  return `${prefix}${PROXY}${path}`
}

const PROXY = '/api/2.0/mlflow-artifacts/artifacts'
