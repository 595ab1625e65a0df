/** What the shell sees. 1 says only what `--fail-on` asked for, so that a script can tell drift from a mistake. */
export const EXIT = {
  fine: 0,
  verdict: 1,
  usage: 2,
  /** As in sysexits.h: an error of ours. */
  internal: 70,
  /** 128 + SIGINT: what a shell also says of a process that the signal ended. */
  interrupted: 130,
} as const
