import fc from 'fast-check'

/**
 * The same property cases in every run, so that a red test is red for everybody. To look for new ones:
 * `FAST_CHECK_SEED=random pnpm test`; to repeat what that found, its seed.
 */
const { FAST_CHECK_SEED = '20010101' } = process.env
if (FAST_CHECK_SEED !== 'random') fc.configureGlobal({ seed: Number(FAST_CHECK_SEED) })
