export { type ServerProcess, startServer } from '../../../vitest.processes.ts'
export {
  describeWithServer,
  prometheusProgram,
  promtool,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
