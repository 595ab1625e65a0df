import { createRequire } from 'node:module'
import {
  type LatencyRecorder,
  type LatencyRecorderOptions,
  latencyRecorder,
} from '@tidegauge/metrics'
import { latencyMiddleware as expressMiddleware } from '@tidegauge/metrics/express'
import { latencyMiddleware as fastifyMiddleware } from '@tidegauge/metrics/fastify'
import { latencyMiddleware as honoMiddleware } from '@tidegauge/metrics/hono'
import { latencyMiddleware as koaMiddleware } from '@tidegauge/metrics/koa'
import { handle as honoLambda } from 'hono/aws-lambda'
import inject from 'light-my-request'
import serverlessHttp from 'serverless-http'
import { CASES, type Case } from '../cases.ts'
import { express4App, expressApp } from '../stacks/express.ts'
import { fastifyApp } from '../stacks/fastify.ts'
import { honoApp } from '../stacks/hono.ts'
import { koaApp } from '../stacks/koa.ts'
import type { App, MakeApp, StackName } from '../stacks/stack.ts'
import type { Subject } from './subject.ts'
import { countsOf } from './tidegauge.ts'

/** Answers one request, without a connection. */
export type Get = (path: string, init?: RequestInit) => Promise<string>

interface Host {
  readonly stack: StackName
  /** Hands no request and response of Node's to an app. */
  readonly fetchOnly?: boolean
  start(options: { readonly recorder: LatencyRecorder }): Promise<{ app: App; get: Get }>
}

type Lambda = (event: object, context: object) => Promise<LambdaAnswer>

interface LambdaAnswer {
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

// Neither has types that say what it takes.
const require = createRequire(import.meta.url)
const serverless = serverlessHttp as unknown as (app: unknown) => Lambda
const codegenie = require('@codegenie/serverless-express') as (of: { app: unknown }) => Lambda
const vendia = require('@vendia/serverless-express') as (of: { app: unknown }) => Lambda

/** Where an application is asked without a server: on AWS Lambda, and in tests. */
export const HOSTS: Readonly<Record<string, Host>> = {
  'serverless-http, Express': express(expressApp, (app) => lambda(serverless(app))),
  'serverless-http, Express 4': express(express4App, (app) => lambda(serverless(app)), 'express4'),
  'serverless-http, Koa': koa((app) => lambda(serverless(app))),
  'serverless-http, Fastify': fastify((app) => lambda(serverless(app))),
  "serverless-http, Fastify's server": fastify((app) => lambda(serverless(app.server))),
  '@codegenie/serverless-express, Express': express(expressApp, (app) =>
    lambda(codegenie({ app })),
  ),
  '@codegenie/serverless-express, Koa': koa((app) => lambda(codegenie({ app }))),
  '@vendia/serverless-express, Express': express(expressApp, (app) => lambda(vendia({ app }))),
  '@vendia/serverless-express, Koa': koa((app) => lambda(vendia({ app }))),
  'light-my-request, Express': express(expressApp, injected),
  'light-my-request, Koa': koa((app) => injected(app.callback())),
  "Fastify's inject()": fastify((app) => async (url, init) => {
    return (await app.inject({ url, ...injectable(init) } as never)).payload
  }),
  'hono/aws-lambda': {
    stack: 'hono',
    fetchOnly: true,
    start: ({ recorder }) =>
      started(
        honoApp,
        (app) => app.use(honoMiddleware({ recorder })),
        (app) => lambda(honoLambda(app) as unknown as Lambda),
      ),
  },
}

export type HostName = keyof typeof HOSTS

/** Those that need no connection. */
export function casesOn(name: HostName): readonly Case[] {
  const { stack, fetchOnly = false } = HOSTS[name]!
  return CASES.filter(
    ({ act, stacks, nodeAlone }) =>
      act !== undefined && (stacks?.includes(stack) ?? true) && !(fetchOnly && nodeAlone),
  )
}

/** Our middleware with its defaults. */
export function tidegaugeOn(name: HostName, options: LatencyRecorderOptions = {}): Subject {
  const { stack, start } = HOSTS[name]!
  return {
    name: `tidegauge on ${name}`,
    stack,
    errorTypes: true,
    routes: true,
    async start() {
      const recorder = latencyRecorder(options)
      const { app, get } = await start({ recorder })
      return {
        get,
        counts: async () => countsOf(recorder),
        inFlight: () => recorder.activeRequests,
        stop: async () => void (await app.dispose?.()),
      }
    },
  }
}

function express(
  make: typeof expressApp,
  toGet: (app: Parameters<Parameters<typeof expressApp>[0]>[0]) => Get,
  stack: StackName = 'express',
): Host {
  return {
    stack,
    start: (options) => started(make, (app) => app.use(expressMiddleware(options)), toGet),
  }
}

function koa(toGet: (app: Parameters<Parameters<typeof koaApp>[0]>[0]) => Get): Host {
  return {
    stack: 'koa',
    start: (options) => started(koaApp, (app) => app.use(koaMiddleware(options)), toGet),
  }
}

function fastify(toGet: (app: Parameters<Parameters<typeof fastifyApp>[0]>[0]) => Get): Host {
  return {
    stack: 'fastify',
    start: (options) =>
      started(fastifyApp, (app) => app.register(fastifyMiddleware(options)), toGet),
  }
}

async function started<Framework>(
  make: MakeApp<Framework>,
  instrument: (app: Framework) => unknown,
  toGet: (app: Framework) => Get,
): Promise<{ app: App; get: Get }> {
  let framework: Framework
  const app = await make((made) => {
    framework = made
    instrument(made)
  })
  return { app, get: toGet(framework!) }
}

/** As API Gateway asks, with payloads of version 2. */
export function lambda(handler: Lambda): Get {
  return async (path, { method = 'GET', headers, body } = {}) => {
    const [rawPath, rawQueryString = ''] = path.split('?')
    const event = {
      version: '2.0',
      routeKey: '$default',
      rawPath,
      rawQueryString,
      headers: { host: 'localhost', ...(headers as Record<string, string>) },
      requestContext: {
        accountId: '1',
        stage: '$default',
        http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      },
      ...(body != null && { body: String(body) }),
      isBase64Encoded: false,
    }
    const { body: answer = '', isBase64Encoded } = await handler(event, {})
    return isBase64Encoded ? Buffer.from(answer, 'base64').toString() : answer
  }
}

function injected(listener: unknown): Get {
  return async (url, init) =>
    (await inject(listener as never, { url, ...injectable(init) } as never)).payload
}

function injectable({ method, headers, body }: RequestInit = {}) {
  return { method: method ?? 'GET', headers, payload: body ?? undefined }
}
