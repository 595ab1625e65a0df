import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DefaultTheme } from 'vitepress'

type Item = DefaultTheme.SidebarItem

/** Every page has a place here: site.test.ts holds it to that. */
export function sidebar(): Item[] {
  return [
    {
      text: 'Start',
      items: [
        page('What tidegauge is', 'index'),
        page('The first ten minutes', 'first-ten-minutes'),
        page('How to read a report', 'report'),
        page('Compare two files here', 'compare'),
        page('When something looks wrong', 'troubleshooting'),
        page('Words', 'glossary'),
      ],
    },
    {
      text: 'Compare tables',
      items: [
        page('The command', 'cli'),
        page('Which method, which verdict', 'statistics'),
        page('In a script', 'packages/drift'),
        page('Files and databases', 'packages/sources'),
        page('In a server, off the event loop', 'detect-drift-async'),
        page('In a browser', 'browser'),
        page('Formats of reports', 'packages/reporters'),
        page('MLflow', 'mlflow'),
        page('Slack, webhooks, Feast', 'packages/connect'),
      ],
    },
    {
      text: 'Watch a service',
      items: [
        page('Request latencies', 'metrics'),
        page('Middleware and adapters', 'packages/metrics'),
        page('AWS Lambda', 'serverless'),
        page('Drift in a running service', 'packages/monitor'),
        page('Drift of a fleet in Prometheus', 'drift-rules'),
        page('Rules and objectives in code', 'packages/mixin'),
        page('What the alerts mean', 'alerts'),
        page('Grafana dashboards', 'dashboards'),
      ],
    },
    {
      text: 'Coming from',
      items: [
        page('Comparison', 'comparison'),
        page('Evidently', 'coming-from-evidently'),
        page('NannyML', 'coming-from-nannyml'),
        page('express-prom-bundle', 'migrating-to-tidegauge-metrics', 'express-prom-bundle-8'),
        page('fastify-metrics', 'migrating-to-tidegauge-metrics', 'fastify-metrics-13'),
        page('prom-client by hand', 'migrating-to-tidegauge-metrics', 'a-histogram-by-hand'),
      ],
    },
    {
      text: 'Examples',
      items: [
        page('Monthly drift in a script', 'examples/monthly-drift'),
        page('Prometheus and Grafana', 'stack'),
        page('How to run it', 'examples/prometheus-grafana'),
        page('PostgreSQL, Feast, MLflow', 'streamflow'),
        page('How to run it', 'examples/streamflow'),
      ],
    },
    {
      text: 'Reference',
      items: [
        page('Options of the command', 'cli', 'options'),
        {
          ...page('Functions and types', 'reference/api/index'),
          collapsed: true,
          items: apiReference(),
        },
        page('Errors', 'errors'),
        page('Changes', 'reference/changes'),
        page('The core package', 'packages/core'),
        page('The command as a package', 'packages/cli'),
        page('Security', 'security'),
      ],
    },
    {
      // With a link, its caret is a button of its own.
      ...page('Measurements', 'false-alarms'),
      collapsed: true,
      items: [
        page('Is every request counted once?', 'conformance'),
        page('Benchmarks', 'benchmarks'),
        page('False alarms and hits', 'false-alarms'),
        page('… of columns of categories', 'category-false-alarms'),
        page('… of a service that looks each minute', 'live-false-alarms'),
        page('New categories', 'new-categories'),
        page('Databases', 'engines'),
        page('Versions of Prometheus', 'servers'),
        page('Mutants', 'mutants'),
      ],
    },
    {
      ...page('For contributors', 'contributing'),
      collapsed: true,
      items: [
        page('Contributing', 'contributing'),
        page('Style', 'STYLE'),
        page('Writing an adapter', 'writing-an-adapter'),
        page('1. Evidence', 'decisions/0001-evidence'),
        page('2. Light imports', 'decisions/0002-light-imports'),
        page('3. Texts of files', 'decisions/0003-texts-of-files'),
        page('4. Sources', 'decisions/0004-sources'),
        page('5. Connect', 'decisions/0005-connect'),
        page('6. Alerts', 'decisions/0006-alerts'),
      ],
    },
  ]
}

function page(text: string, path: string, hash?: string): Item {
  const link = `/${path === 'index' ? '' : path}`
  return { text, link: hash === undefined ? link : `${link}#${hash}` }
}

/** Written by `site/write-reference.ts`, before the site is built. */
function apiReference(): Item[] {
  const list = fileURLToPath(new URL('../reference/api/pages.json', import.meta.url))
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
}
