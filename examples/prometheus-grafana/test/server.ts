export { type ServerProcess, startServer } from '../../../vitest.processes.ts'
export {
  describeWithServer,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
