/** A request that cannot be answered as it was asked: its status, and what the client is told. */
export class RequestError extends Error {
  readonly status: number
  /** As errors of body-parser have it: the message is for the client. */
  readonly expose = true

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RequestError'
    this.status = status
  }
}
