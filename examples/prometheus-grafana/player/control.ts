import { createServer, type Server } from 'node:http'
import { MODES, type Mode, type Player } from './player.ts'

/**
 * The player's remote control: `POST /shift` changes the mode, `GET /` says what is played.
 *
 * @param onMode - told of each change
 */
export function playerControl(player: Player, onMode: (mode: Mode) => void = () => {}): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    const state = () => ({ mode: player.mode, month: player.month, ...player.counts() })
    const name = request.url?.slice(1)
    if (request.method === 'GET' && name === '') {
      answer(200, state())
    } else if (request.method === 'POST' && MODES.includes(name as Mode)) {
      player.mode = name as Mode
      onMode(player.mode)
      answer(200, state())
    } else {
      answer(404, { error: `GET / or POST one of ${MODES.map((mode) => `/${mode}`).join(', ')}` })
    }
    request.resume()
  })
}
