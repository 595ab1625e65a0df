import { refuse } from '../service/serve.ts'
import { play } from './play.ts'
import { loadPlayedMonth } from './played-month.ts'

await play({ loadMonth: loadPlayedMonth, months: '2001-01,2001-02' }).catch((error) =>
  refuse('player', error),
)
