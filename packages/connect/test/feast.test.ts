import { postgresEngine } from '@tidegauge/sources/postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type RunningPostgres, startPostgres } from '../../sources/test/servers/postgres.ts'
import { feastOnline, feastSource } from '../src/feast/feast.ts'
import { type RunningFeast, startFeast } from './servers/feast.ts'

const HOOK = 480_000

describeWithServer('feast', 'Feast 0.67', () => {
  let database: RunningPostgres
  let feast: RunningFeast
  let pool: pg.Pool
  beforeAll(async () => {
    database = await startPostgres()
    pool = new pg.Pool({ connectionString: database.url })
    pool.on('error', () => {})
    await pool.query(
      `CREATE TABLE customer_stats (customer_id bigint, event_timestamp timestamptz, created timestamptz, label text, x float8)`,
    )
    await pool.query(`INSERT INTO customer_stats VALUES
      (1, '2026-08-31 23:59:59.999+00', '2026-09-01 01:00+00', 'august', NULL),
      (1, '2026-09-15 12:00:00+00', '2026-09-15 13:00+00', 'corrected', 1),
      (1, '2026-09-15 12:00:00+00', '2026-09-16 09:00+00', 'correction', 2),
      (2, '2026-09-10 12:00:00+00', '2026-09-15 13:00+00', 'earlier', 3),
      (2, '2026-09-30 23:59:59.999+00', '2026-10-01 01:00+00', 'last', 5),
      (1, '2026-10-01 00:00:00+00', '2026-10-01 01:00+00', 'october', 8),
      (4, '2026-09-10 00:00:00+00', '2026-09-10 01:00+00', 'not a number', 'NaN'),
      (5, '2026-09-10 00:00:00+00', '2026-09-10 01:00+00', NULL, NULL)`)
    feast = await startFeast(database.url)
  }, HOOK)
  afterAll(async () => {
    await feast?.stop()
    await pool?.end()
    await database?.stop()
  })

  test('the latest rows of a month are those that Feast takes', async () => {
    const source = feastSource({
      engine: postgresEngine(pool),
      from: 'customer_stats',
      timestampField: 'event_timestamp',
      createdTimestampField: 'created',
      joinKeys: ['customer_id'],
      features: ['label', 'x'],
      start: new Date('2026-09-01'),
      end: new Date('2026-10-01'),
      rows: 'latest',
    })
    const labels = await source.read({
      as: 'sample',
      column: 'label',
      type: 'categorical',
      most: 100,
    })
    const told = feast.told.latest
    expect(
      [...(labels as readonly (string | null)[])].filter((label) => label !== null).sort(),
    ).toEqual(told)
    expect(told).toEqual(['correction', 'last', 'not a number'])
  })

  const ENTITIES = { customer_id: [5, 1, 99, 4, 2] }
  const KNOWN = [
    { customer_id: 5, label: null, x: null },
    { customer_id: 1, label: 'correction', x: 2 },
    { customer_id: 4, label: 'not a number', x: null },
    { customer_id: 2, label: 'last', x: 5 },
  ]

  test('what the online store has, by features and by a service', async () => {
    const features = ['customer_stats:x', 'customer_stats:label']
    const byFeatures = await feastOnline({ url: feast.url, features }).rows(ENTITIES)
    expect(byFeatures.map((row) => ({ ...row }))).toEqual(KNOWN)
    const service = feastOnline({ url: feast.url, featureService: 'churn', fullFeatureNames: true })
    expect((await service.rows(ENTITIES)).map((row) => ({ ...row }))).toEqual(
      KNOWN.map(({ customer_id, label, x }) => ({
        customer_id,
        customer_stats__label: label,
        customer_stats__x: x,
      })),
    )
    // It is what Feast's own client has, which does not tell who is not known.
    expect(feast.told.online.label).toEqual([null, 'correction', null, 'not a number', 'last'])
  })

  test.each<[object, RegExp]>([
    [{ features: ['nobody:x'] }, /: FeatureViewNotFoundException: .*nobody.* \(404\)$/],
    [{ featureService: 'nobody' }, /: FeatureServiceNotFoundException: .*nobody.* \(404\)$/],
  ])('%j is told in one line', async (options, message) => {
    const online = feastOnline({ url: feast.url, ...options })
    await expect(online.rows(ENTITIES)).rejects.toMatchObject({
      code: 'ERR_CONNECT',
      message: expect.stringMatching(message),
    })
  })
})
