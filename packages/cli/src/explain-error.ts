import { ownValue } from '@tidegauge/core/internal'
/** The cure for what the system refuses; null for what is no fault of the system. */
export function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null
  const { code, path, message } = error as NodeJS.ErrnoException
  const where = path === undefined ? '' : ` ${path}`
  const cure = ownValue(CURES, code ?? '')
  return cure === undefined ? message : `${cure.what}${where}: ${cure.cure} (${code})`
}

const FULL = {
  what: 'no space is left to write',
  cure: 'free some, name another folder with --out, or another one for temporary files with TMPDIR',
}

const CURES: Readonly<Record<string, { readonly what: string; readonly cure: string }>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: {
    what: 'cannot write',
    cure: 'it would be larger than this process may write: ulimit -f',
  },
  EROFS: { what: 'cannot write', cure: 'it is on a file system that is read only' },
  EACCES: { what: 'no permission for', cure: 'check its owner and mode' },
  EPERM: { what: 'no permission for', cure: 'check its owner and mode' },
  ENOTDIR: { what: 'cannot use', cure: 'a part of that path is a file, not a folder' },
  EEXIST: { what: 'cannot make the folder', cure: 'a file of that name exists' },
  ENOENT: { what: 'there is no', cure: 'check the path' },
  EISDIR: { what: 'cannot use', cure: 'it is a directory' },
}
