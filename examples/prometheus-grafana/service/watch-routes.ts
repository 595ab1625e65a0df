import { type MonitorHandlerOptions, monitorHandler, retrainWebhook } from '@tidegauge/monitor'
import { htmlReport, jsonReport, reportPolicy } from '@tidegauge/reporters'
import express, { type Router } from 'express'
import { z } from 'zod'
import type { WatchedModel } from './watched-model.ts'

export interface WatchRoutesOptions {
  readonly loopbackOnly: boolean
  readonly retrainToken?: string
  /** Of the live page: what it calls this process, and where it leads. */
  readonly page?: Pick<MonitorHandlerOptions, 'replica' | 'links'>
  readonly log?: (line: string) => void
}

/** `GET /drift`, the live report, to which `/` leads; `POST /outcomes`, how flights ended; `POST /retrain`, for Alertmanager. */
export function watchRoutes(watched: WatchedModel, options: WatchRoutesOptions): Router {
  const { loopbackOnly, retrainToken, page, log = () => {} } = options
  const { monitor } = watched
  const router = express.Router()

  router.get('/', (_request, response) => response.redirect('/drift'))

  router.get(
    '/drift',
    monitorHandler(monitor, {
      reporters: {
        html: { render: htmlReport, headers: { 'Content-Security-Policy': reportPolicy() } },
        json: jsonReport,
      },
      refreshSeconds: 10,
      loopbackOnly,
      ...page,
    }),
  )

  router.post('/outcomes', express.json({ limit: '64kb' }), (request, response) => {
    const outcomes = outcomesSchema.safeParse(request.body)
    if (!outcomes.success) {
      response.status(400).json({ error: z.prettifyError(outcomes.error) })
      return
    }
    const known = outcomes.data.filter(({ id, late }) => watched.tellOutcome(id, late)).length
    response.json({ known, unknown: outcomes.data.length - known })
  })

  router.post(
    '/retrain',
    retrainWebhook({
      ...(retrainToken !== undefined && { token: retrainToken }),
      onError: (error) => log(`no retraining: ${error instanceof Error ? error.message : error}`),
      retrain(alerts) {
        log(
          `retraining asked for by ${alerts.length === 1 ? 'an alert' : `${alerts.length} alerts`}`,
        )
        // An alert about a reference that was replaced meanwhile has been dealt with.
        const concerned = alerts.filter(({ labels }) => labels.reference === monitor.referenceId)
        if (concerned.length === 0) return
        const before = monitor.referenceId
        const { rows, reference } = watched.retrain()
        log(`trained anew on ${rows} flights: reference ${before} -> ${reference}`)
      },
    }),
  )
  return router
}

const outcomesSchema = z.array(z.object({ id: z.int().positive(), late: z.boolean() })).max(1000)
