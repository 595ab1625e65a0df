import { hmac } from '@noble/hashes/hmac'
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'

/** HMAC-SHA-256 of texts under one key, in hexadecimal: synchronous, in browsers too. */
export function hmacSha256(key: string): (text: string) => string {
  const secret = utf8ToBytes(key)
  return (text) => bytesToHex(hmac(sha256, secret, utf8ToBytes(text)))
}
