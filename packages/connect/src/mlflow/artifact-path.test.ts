import { expect, test } from 'vitest'
import { artifactUrl, assertArtifactPath } from './artifact-path.ts'

const base = new URL('http://mlflow:5000/team a/')

test.each(['', '/', 'a/', '/a', 'a//b', '.', '..', 'a/../b', '../evil', 'a\\b', 'a\u0000', 7])(
  '%j is no path of artifacts',
  (path) => {
    expect(() => assertArtifactPath('artifactPath', path)).toThrow('"artifactPath" must be a path')
  },
)

test.each(['drift', 'drift/ü 2024-01', 'a.b', '...', '%2e%2e'])('%j is one', (path) => {
  assertArtifactPath('artifactPath', path)
})

test.each([
  [
    'mlflow-artifacts:/1/r/artifacts',
    '/team%20a/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/',
  ],
  [
    'mlflow-artifacts:///1/r/artifacts',
    '/team%20a/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/',
  ],
  ['mlflow-artifacts://mlflow:5000/1/r', '/team%20a/api/2.0/mlflow-artifacts/artifacts/1/r/'],
  ['http://mlflow:5000/x/1/r', '/x/1/r/'],
])('what a run keeps at %s is sent to the server itself', (uri, path) => {
  const url = artifactUrl(uri, 'drift/ü %2e%2e/report.html', base)
  expect(url?.href).toBe(`http://mlflow:5000${path}drift/%C3%BC%20%252e%252e/report.html`)
})

test.each([
  's3://bucket/1/r/artifacts',
  '/mlruns/1/r/artifacts',
  'file:///mlruns/1/r',
  'mlflow-artifacts://elsewhere:5000/1/r',
  'https://mlflow:5000/1/r',
  'http://elsewhere/1/r',
  'mlflow-artifacts:/1/../2/r',
  'mlflow-artifacts:/1/%2e%2e/2/r',
  'mlflow-artifacts:/1/r?x',
  '',
])('nothing is sent for a run that keeps them at %j', (uri) => {
  expect(artifactUrl(uri, 'drift/report.html', base)).toBeUndefined()
})
