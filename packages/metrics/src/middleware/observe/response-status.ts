import type { ServerResponse } from 'node:http'
import type { ErrorType } from '../../contract/recorder-reader.ts'

/** 499 where the client left, 500 where the server broke it off; an error status that was sent stays. */
export function statusCodeOf(res: ServerResponse, broken: ErrorType | undefined): number {
  if (broken === undefined || (res.headersSent && res.statusCode >= 400)) return res.statusCode
  return broken === 'client_disconnected' ? CLIENT_CLOSED_REQUEST : 500
}

/** As nginx calls it. */
export const CLIENT_CLOSED_REQUEST = 499
