import { expect, test } from 'vitest'
import { assertLinks } from './live-state.ts'

test.each([
  'https://grafana.example/d/drift?var-model=flights',
  'http://127.0.0.1:9093',
  'HTTPS://GRAFANA.EXAMPLE',
  '/runbook#drift',
  'runbook',
  '?format=json',
  '//grafana.example/d',
  '#columns',
])('%s may be linked to', (href) => {
  expect(() => assertLinks('links', { Name: href })).not.toThrow()
})

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  'blob:https://a.example/1',
  'http://',
  '',
  `/${'a'.repeat(2000)}`,
  7,
  undefined,
  null,
])('%j may not', (href) => {
  expect(() => assertLinks('links', { Name: href })).toThrow(
    '"links.Name" must be an address of http: or https:, or one relative to the page',
  )
})

test.each([[null], [['/a']], ['/a'], [7]])('%j are no links', (links) => {
  expect(() => assertLinks('links', links)).toThrow('"links" must be addresses by their names')
})

test('a link has a name, and there are at most 20', () => {
  expect(() => assertLinks('links', { '': '/a' })).toThrow('"links." must be')
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`link ${i}`, '/a']))
  expect(() => assertLinks('links', many(20))).not.toThrow()
  expect(() => assertLinks('links', many(21))).toThrow('"links" must be at most 20 links')
})
