// Starts the worker from TypeScript source: for our own tests. The build has drift-worker.js instead.
import { register } from 'tsx/esm/api'

register()
await import('./drift-worker.ts')
