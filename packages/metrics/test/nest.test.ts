import 'reflect-metadata'
import {
  Controller,
  Get,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  Post,
  RequestMethod,
  VersioningType,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type LatencyRecorder, latencyRecorder } from '../src/index.ts'
import { latencyMiddleware } from '../src/middleware/nest.ts'
import { observed, tally } from './loopback.ts'

class Users {
  find(id: string): string {
    return id
  }
  create(): string {
    return 'made'
  }
  missing(): never {
    throw new NotFoundException()
  }
  fails(): never {
    throw new Error('no')
  }
  health(): string {
    return 'ok'
  }
}

/** By hand, since the tests are compiled without support for decorators. */
function decorate(method: keyof Users, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(Users.prototype, method)!
  for (const decorator of decorators) decorator(Users.prototype, method, descriptor)
}
decorate('find', Get('users/:id'))
Param('id')(Users.prototype, 'find', 0)
decorate('create', Post('users'))
decorate('missing', Get('missing/:id'))
decorate('fails', Get('fails'))
decorate('health', Get('health'))
Controller({ path: 'org/:org', version: '2' })(Users)

class Root {}
Module({ controllers: [Users] })(Root)

const PLATFORMS = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const

async function served(
  adapter: ExpressAdapter | FastifyAdapter,
  options: Partial<Parameters<typeof latencyMiddleware>[1]> & { recorder: LatencyRecorder },
): Promise<{ origin: string; app: INestApplication }> {
  const app = await NestFactory.create(Root, adapter, { logger: false })
  latencyMiddleware(app, options)
  app.setGlobalPrefix('api', { exclude: [{ path: 'org/:org/health', method: RequestMethod.GET }] })
  app.enableVersioning({ type: VersioningType.URI })
  await app.listen(0, '127.0.0.1')
  onTestFinished(() => app.close())
  return { origin: await app.getUrl(), app }
}

describe.each(PLATFORMS)('Nest on %s', (_, adapter) => {
  test('the route is the template of the controller, with global prefix and version', async () => {
    const recorder = latencyRecorder()
    const { origin } = await served(adapter(), { recorder })
    const ask = async (path: string, method = 'GET'): Promise<void> => {
      await (await fetch(origin + path, { method })).text()
    }
    await ask('/api/v2/org/acme/users/1?x=1')
    await ask('/api/v2/org/globex/users/2')
    await ask('/api/v2/org/acme/users', 'POST')
    await ask('/api/v2/org/acme/missing/1')
    await ask('/api/v2/org/acme/fails')
    await ask('/v2/org/acme/health')
    await ask('/nope')
    await expect.poll(() => observed(recorder)).toBe(7)
    expect(tally(recorder)).toEqual({
      'GET /api/v2/org/:org/users/:id 200': 2,
      'POST /api/v2/org/:org/users 201': 1,
      'GET /api/v2/org/:org/missing/:id 404': 1,
      'GET /api/v2/org/:org/fails 500': 1,
      'GET /v2/org/:org/health 200': 1,
      'GET - 404': 1,
    })
    expect(recorder.activeRequests).toBe(0)
  })

  test("ignore and labels are asked with the platform's request", async () => {
    const recorder = latencyRecorder({ extraLabels: ['plan'] })
    const { origin } = await served(adapter(), {
      recorder,
      ignore: (req) => req.url === '/v2/org/acme/health',
      labels: (req, res) => [
        `${req.headers['x-plan']} ${req.hostname.split(':')[0]} ${res.statusCode}`,
      ],
    })
    await (await fetch(`${origin}/v2/org/acme/health`)).text()
    await (await fetch(`${origin}/api/v2/org/a/users/1`, { headers: { 'x-plan': 'free' } })).text()
    await expect.poll(() => observed(recorder)).toBe(1)
    expect(recorder.snapshot()[0]!.labels).toMatchObject({
      route: '/api/v2/org/:org/users/:id',
      extra: ['free 127.0.0.1 200'],
    })
  })
})

test('rejects what is no such application', () => {
  expect(() => latencyMiddleware({} as never, { recorder: latencyRecorder() })).toThrow(
    '"app" must be an application of Nest on Express or Fastify',
  )
})
