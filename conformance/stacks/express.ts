import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { rawHandlerAt } from '../raw-handlers.ts'
import { type MakeApp, mayHaveBody, mountedHandler, Unprocessable } from './stack.ts'

// An alias has no types.
export const express4: typeof express = createRequire(import.meta.url)('express4')

export const expressApp: MakeApp<Express> = (instrument, extra) => build(express, instrument, extra)

export const express4App: MakeApp<Express> = (instrument, extra) =>
  build(express4, instrument, extra)

function build(
  framework: typeof express,
  instrument: (app: Express) => void,
  extra: (app: Express) => void = () => {},
) {
  const app = framework()
  instrument(app)
  app.use('/denied', (_, res) => void res.status(401).end())
  app.use('/mounted', mountedHandler)
  app.get('/hello', (_, res) => void res.send('hello'))
  app.get('/users/:id', (req, res) => void res.send(req.params.id))
  app.post('/echo', (req, res) => void req.pipe(res.status(201)))
  app.get('/status/:status', ({ params: { status } }, res) => {
    res.status(Number(status)).end(mayHaveBody(Number(status)) ? 'body' : undefined)
  })
  app.all('/any', (_, res) => void res.end('any'))
  const org = framework.Router({ mergeParams: true })
  org.get('/users/:id', (req, res) => void res.json(req.params))
  app.use('/org/:org', org)
  app.get('/throw', () => {
    throw new Error('thrown')
  })
  // Express 4 knows no promises.
  app.get('/reject', (_req, _res, next) => {
    Promise.reject(new Error('rejected')).catch(next)
  })
  app.get('/unprocessable', () => {
    throw new Unprocessable()
  })
  app.all('/raw/:name', (req, res) => rawHandlerAt(req.originalUrl)!(req, res))
  extra(app)
  app.use((error: Error, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) next(error)
    else res.status(error instanceof Unprocessable ? 422 : 500).end()
  })
  return { server: createServer(app) }
}
