import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { endWithParent } from '../service/serve.ts'
import { playerControl } from './control.ts'
import { createPlayer, type PlayerOptions } from './player.ts'

export interface PlayOptions extends Pick<PlayerOptions, 'loadMonth'> {
  /** What is played where `MONTHS` does not say it. */
  readonly months: string
}

/** Plays flights to the replicas: `SERVICE_URLS`, `MONTHS`, `RATE`, `HOST` and `PORT` are its settings. */
export async function play({ loadMonth, months }: PlayOptions): Promise<void> {
  endWithParent()
  const { SERVICE_URLS = 'http://127.0.0.1:3000', MONTHS = months } = process.env
  const { RATE = '60', HOST = '127.0.0.1', PORT = '3003' } = process.env

  const rate = Number(RATE)
  if (!(rate > 0 && rate <= 1000)) throw new Error('RATE must be requests per second, up to 1000')
  let lastComplaint = 0
  const player = createPlayer({
    urls: SERVICE_URLS.split(','),
    months: MONTHS.split(','),
    loadMonth,
    rate,
    onError: (error) => {
      if (Date.now() - lastComplaint < 10_000) return
      lastComplaint = Date.now()
      process.stderr.write(`player: ${error instanceof Error ? error.message : error}\n`)
    },
  })
  await player.start()
  const control = playerControl(player, (mode) => {
    process.stdout.write(`plays ${mode} flights\n`)
  }).listen(Number(PORT), HOST)
  await once(control, 'listening')

  const { port } = control.address() as AddressInfo
  const url = `http://${HOST}:${port}`
  process.stdout.write(
    `playing ${MONTHS} to ${SERVICE_URLS}; control on ${url}: POST /normal, /slow or /shift\n`,
  )
  process.send?.({ url })

  const stop = async () => {
    control.close()
    control.closeAllConnections()
    await player.stop()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
