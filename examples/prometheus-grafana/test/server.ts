export {
  describeWithServer,
  type RunningPrometheus,
  type ServerProcess,
  startPrometheus,
  startServer,
} from '../../../vitest.servers.ts'
