import type { Options } from 'tsup'
import numeric from './tsup.config.ts'

/** As tsup.config.ts, but metrics clients and frameworks stay packages: they are measured as users load them. */
const config: Options = { ...numeric, noExternal: [/^@tidegauge\//] }

export default config
