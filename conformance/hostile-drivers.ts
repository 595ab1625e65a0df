import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { request } from './client.ts'
import type { HostileRequest, Traffic } from './hostile-traffic.ts'

/** Sends so many requests, and waits until each was answered; `progress` hears how many were, now and then. */
export type Drive = (
  server: Server,
  traffic: Traffic,
  requests: number,
  progress?: (answered: number) => void,
) => Promise<void>

/**
 * Through the server's `request` event: Node's own request and response over a socket that leads nowhere.
 */
export const driveInProcess: Drive = (server, traffic, requests, progress) =>
  inLanes(traffic, requests, progress, () => {
    let socket = deafSocket()
    return {
      async send(one) {
        if (socket.destroyed) socket = deafSocket()
        await exchange(server, socket, one)
      },
      leave: () => void socket.destroy(),
    }
  })

/** Over connections that are kept alive, by clients that know of HTTP where an answer ends. */
export const driveOverSockets: Drive = (server, traffic, requests, progress) => {
  const { port } = server.address() as AddressInfo
  return inLanes(traffic, requests, progress, () => {
    let socket: Socket | undefined
    return {
      async send(one) {
        if (socket === undefined || socket.destroyed) socket = await connected(port)
        await ask(socket, one)
      },
      leave: () => void socket?.destroy(),
    }
  })
}

interface Lane {
  send(one: HostileRequest): Promise<void>
  leave(): void
}

const LANES = 32
const PROGRESS_EVERY = 10_000

/** Each lane sends one after another. */
async function inLanes(
  traffic: Traffic,
  requests: number,
  progress: ((answered: number) => void) | undefined,
  openLane: () => Lane,
): Promise<void> {
  let sent = 0
  let answered = 0
  const run = async (): Promise<void> => {
    const lane = openLane()
    try {
      while (sent < requests) {
        sent++
        await lane.send(traffic())
        answered++
        if (answered % PROGRESS_EVERY === 0) progress?.(answered)
      }
    } finally {
      lane.leave()
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES, requests) }, run))
}

/** Takes everything and says nothing. */
function deafSocket(): Socket {
  const socket = new Duplex({
    read() {},
    write: (_piece, _encoding, done) => done(),
    writev: (_pieces, done) => done(),
  })
  socket.on('error', () => {})
  return Object.assign(socket, {
    remoteAddress: '127.0.0.1',
    setTimeout: () => socket,
    setKeepAlive: () => socket,
    setNoDelay: () => socket,
  }) as unknown as Socket
}

function exchange(server: Server, socket: Socket, one: HostileRequest): Promise<void> {
  const req = new IncomingMessage(socket)
  const headers = [['Host', 'localhost'], ...headersOf(one)]
  Object.assign(req, {
    method: one.method,
    url: one.url,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    headers: Object.fromEntries(headers.map(([name, value]) => [name!.toLowerCase(), value])),
    rawHeaders: headers.flat(),
    complete: true,
  })
  if (one.body !== undefined) req.push(one.body)
  req.push(null)
  const res = new ServerResponse(req)
  res.assignSocket(socket)
  return new Promise((resolve) => {
    res.once('close', resolve)
    res.once('finish', () => {
      // As Node's server does.
      if (!req.readableEnded) req.resume()
      res.detachSocket(socket)
      process.nextTick(() => {
        Object.assign(res, { destroyed: true, _closed: true })
        res.emit('close')
      })
    })
    if (one.leaves === true) leaveAtFirstPiece(res, socket)
    server.emit('request', req, res)
  })
}

/** The answer's first piece finds the client gone. */
function leaveAtFirstPiece(res: ServerResponse, socket: Socket): void {
  const timer = setInterval(() => {
    if (!res.headersSent) return
    clearInterval(timer)
    socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
  }, 0)
}

function headersOf({ tenant, body }: HostileRequest): [string, string][] {
  const headers: [string, string][] = [['X-Tenant', tenant]]
  if (body !== undefined) {
    headers.push(['Content-Type', 'text/plain'], ['Content-Length', String(body.length)])
  }
  return headers
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.setEncoding('latin1')
    socket.once('error', reject)
  })
}

/** @throws Error where the connection closes before the answer is whole */
function ask(socket: Socket, one: HostileRequest): Promise<void> {
  const headers = headersOf(one).map((header) => header.join(': '))
  return new Promise((resolve, reject) => {
    let answer = ''
    const hear = (piece: string): void => {
      answer += piece
      const begun = answer.includes('\r\n\r\n')
      if (one.leaves === true ? !begun : !isWhole(answer, one.method)) return
      if (one.leaves === true || /\r\nconnection: close\r\n/i.test(answer)) socket.destroy()
      finish()
    }
    const fail = (): void => {
      finish(new Error(`${one.method} ${one.url}: closed after ${JSON.stringify(answer)}`))
    }
    const finish = (error?: Error): void => {
      socket.off('data', hear).off('close', fail)
      if (error === undefined) resolve()
      else reject(error)
    }
    socket.on('data', hear).once('close', fail)
    socket.write(request(one.url, one.method, headers, one.body))
  })
}

function isWhole(answer: string, method: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end === -1) return false
  const head = answer.slice(0, end)
  if (method === 'HEAD' || /^HTTP\/1.1 (204|304)/.test(head)) return true
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return answer.length >= end + 4 + Number(length)
  return answer.endsWith('0\r\n\r\n')
}
