import 'reflect-metadata'
import { createRequire } from 'node:module'
import { Controller, Get, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { latencyRecorder } from '@tidegauge/metrics'
import { latencyMiddleware } from '@tidegauge/metrics/nest'
import serverlessHttp from 'serverless-http'
import { expect, onTestFinished, test } from 'vitest'
import { type Get as Ask, lambda } from './subjects/hosts.ts'
import { countsOf } from './subjects/tidegauge.ts'

class Users {
  find(id: string): string {
    return id
  }
  fails(): never {
    throw new Error('no')
  }
}

/** By hand, since the tests are compiled without support for decorators. */
function decorate(method: keyof Users, decorator: MethodDecorator): void {
  decorator(Users.prototype, method, Object.getOwnPropertyDescriptor(Users.prototype, method)!)
}
decorate('find', Get('users/:id'))
Param('id')(Users.prototype, 'find', 0)
decorate('fails', Get('fails'))
Controller('org/:org')(Users)

class Root {}
Module({ controllers: [Users] })(Root)

const require = createRequire(import.meta.url)

test.each<[string, (app: unknown) => Ask]>([
  ['serverless-http', (app) => lambda((serverlessHttp as unknown as (app: unknown) => never)(app))],
  ...['@codegenie/serverless-express', '@vendia/serverless-express'].map(
    (name): [string, (app: unknown) => Ask] => [
      name,
      (app) => lambda((require(name) as (of: { app: unknown }) => never)({ app })),
    ],
  ),
])('Nest over %s: each request once, as it was answered', async (_, toGet) => {
  const recorder = latencyRecorder()
  const app = await NestFactory.create(Root, new ExpressAdapter(), { logger: false })
  onTestFinished(() => app.close())
  latencyMiddleware(app, { recorder })
  await app.init()
  const get = toGet(app.getHttpAdapter().getInstance())

  expect(await get('/org/acme/users/7')).toBe('7')
  await get('/org/globex/users/8')
  await get('/org/acme/fails')
  await get('/wp-login.php')
  expect(countsOf(recorder)).toEqual({
    'GET /org/:org/users/:id 200': 2,
    'GET /org/:org/fails 500': 1,
    'GET - 404': 1,
  })
  expect(recorder.activeRequests).toBe(0)
})
