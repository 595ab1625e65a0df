import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** The wanted port of 127.0.0.1 if nobody has it, or any that is free; 0 asks for any. */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  try {
    server.listen(wanted, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || wanted === 0) throw error
    return await freePort(0)
  } finally {
    server.close()
  }
}

/** As {@link freePort} for several, no two alike. */
export async function freePorts<K extends string>(
  wanted: Readonly<Record<K, number>>,
): Promise<Record<K, number>> {
  const taken = new Set<number>()
  const ports: Partial<Record<K, number>> = {}
  for (const name of Object.keys(wanted) as K[]) {
    let port = await freePort(wanted[name])
    while (taken.has(port)) port = await freePort(0)
    taken.add(port)
    ports[name] = port
  }
  return ports as Record<K, number>
}
