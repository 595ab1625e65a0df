export { ConnectError } from './connect-error.ts'
export type { Delivery, Destination, SendOptions } from './destination.ts'
