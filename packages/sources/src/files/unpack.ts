import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { SourceError } from '../source-error.ts'
import type { Scratch } from './scratch.ts'

/** What is packed more tightly than any table, and large, is a file that is meant to fill the disk. */
const MOST_TIMES = 200
const ALWAYS_UNPACKED = 2 ** 28

/**
 * A file as it is, or, where it is packed (gzip; zstd where this Node knows it), unpacked into the scratch folder:
 * once, since it is read several times.
 *
 * @param label - as the user wrote it
 * @throws SourceError where it is no whole archive, or unpacks to far more than a table would
 */
export async function unpacked(path: string, label: string, scratch: Scratch): Promise<string> {
  const packing = await packingOf(path)
  if (packing === null) {
    if (!/\.(gz|zst)$/i.test(label)) return path
    throw cannotRead(label, 'it is not packed, whatever its name says: take .gz off its name')
  }
  const whole = join(scratch.directory, `unpacked-${count++}`)
  const { size } = await stat(path)
  const most = Math.max(ALWAYS_UNPACKED, MOST_TIMES * size)
  try {
    await pipeline(
      createReadStream(path),
      packing.unpacker(label),
      bounded(most, label),
      createWriteStream(whole),
    )
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!/^(Z_|ZSTD_|ERR_.*ZSTD)/.test(code)) throw error
    throw cannotRead(label, `it is no whole ${packing.name} file: it may be cut off`)
  }
  return whole
}

let count = 0

interface Packing {
  readonly name: string
  readonly magic: readonly number[]
  unpacker(label: string): Transform
}

/** In Node since 22.15. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Transform }

const PACKINGS: readonly Packing[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpacker: () => zlib.createGunzip() },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    unpacker(label) {
      if (createZstdDecompress !== undefined) return createZstdDecompress()
      throw cannotRead(label, 'zstd is unpacked by Node 22.15 and later: unpack it first')
    },
  },
]

async function packingOf(path: string): Promise<Packing | null> {
  const file = await open(path)
  try {
    const head = Buffer.alloc(4)
    await file.read(head, 0, head.length, 0)
    return PACKINGS.find(({ magic }) => magic.every((byte, i) => head[i] === byte)) ?? null
  } finally {
    await file.close()
  }
}

function bounded(most: number, label: string): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length
      if (bytes <= most) return done(null, chunk)
      done(
        cannotRead(
          label,
          `it unpacks to more than ${MOST_TIMES} times its size: where that is right, unpack it yourself`,
        ),
      )
    },
  })
}

function cannotRead(label: string, why: string): SourceError {
  return new SourceError(`cannot read ${label}: ${why}`)
}
