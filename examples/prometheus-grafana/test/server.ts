export { describeWithServer, type ServerProcess, startServer } from '../../../vitest.servers.ts'
