import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  column,
  driftReport,
  exampleReport,
  HOSTILE_NAMES,
  table,
} from '../test/drift-report.fixture.ts'
import { manyReports } from '../test/many-reports.ts'
import { renderMarkdown, tableRows, tagsOf, textOf } from '../test/render-markdown.ts'
import { markdownReport } from './markdown.ts'
import { codeSpan, plainText } from './markdown-text.ts'
import { shortText } from './visible-text.ts'

const VERDICTS = ['stable', 'error', 'drifted', 'negligible', 'insufficient-data'] as const

test('the decision, then what needs a reader, then the rest folded in', () => {
  const report = driftReport([
    ...VERDICTS.map((verdict) => column(verdict, verdict)),
    column('label', 'stable', { role: 'target', warnings: ['Half is missing.'] }),
  ])
  expect(markdownReport(report)).toBe(`\
## Drift: action needed

\`2026-04\` (9,214 rows) against \`2026-03\` (10,000 rows). 1 of 3 judged features drifted: 33.3%, which reaches the threshold of 30.0%. The target did not drift.

\`drift_share=0.33 >= 0.30 (target_drift=0.0); 2 of 5 not judged\`

| Column | Verdict | What changed | Decided by | Adjusted p | Method |
| --- | --- | --- | --- | --- | --- |
| \`drifted\` | **Drifted** | median about 1.5 → 2 (+33%), small | shift 0.312 >= 0.1 | < 1e-300 | kolmogorov-smirnov |
| \`insufficient-data\` | Insufficient data | – | shift 0.221, not judged | – | kolmogorov-smirnov |
| \`error\` | Could not be compared | – | – | – | kolmogorov-smirnov |

- \`drifted\`: The distributions differ, and the effect of 0.3121 reaches the threshold of 0.1.
- \`insufficient-data\`: Only 12 values in the current table, 30 are needed.
- \`error\`: The current table has no such column.

<details>
<summary>3 columns without drift</summary>

| Column | Verdict | What changed | Decided by | Adjusted p | Method |
| --- | --- | --- | --- | --- | --- |
| \`negligible\` | Negligible | median about 1.5 → 2 (+33%), small | shift 0.0412 < 0.1 | 6.4e-7 | kolmogorov-smirnov |
| \`stable\` | Stable | no change beyond chance | shift 0.0087 < 0.1 | 0.712 | kolmogorov-smirnov |
| \`label\` (target) | Stable | no change beyond chance | shift 0.0087 < 0.1 | 0.712 | kolmogorov-smirnov |

</details>

<details>
<summary>1 warning</summary>

- \`label\` (target): Half is missing.

</details>
`)
})

test('is rendered as headings, tables, lists and what is folded', () => {
  const html = renderMarkdown(markdownReport(exampleReport()))
  expect(html).toContain('<h2>Drift: ')
  expect(html.match(/<table>/g)).toHaveLength(2)
  expect(html.match(/<details>\s*<summary>[^<]*<\/summary>\s*(<table>|<ul>)/g)).toHaveLength(2)
  expect(tableRows(html)).toHaveLength(exampleReport().columns.length + 2)
})

test('no columns: neither a table nor an empty fold', () => {
  const markdown = markdownReport(driftReport([]))
  expect(markdown).toMatch(/^## Drift: cannot tell\n/)
  expect(markdown).not.toMatch(/\||<details>|\n\n\n/)
})

const ALLOWED = /^<\/?(h2|p|code|strong|table|thead|tbody|tr|th|td|ul|li|details|summary)>$/

function expectHarmless(markdown: string): string {
  const html = renderMarkdown(markdown)
  expect(tagsOf(html).filter((tag) => !ALLOWED.test(tag))).toEqual([])
  // What GitHub looks for in the text afterwards, wherever that is no code.
  const prose = textOf(html.replace(/<code>[\s\S]*?<\/code>/g, ''))
  expect(prose).not.toMatch(/@\w|#\d|:\/\/|\bwww\.|\bGH-\d|:\w+:/i)
  return html
}

test.each(manyReports())('a report $name has only our markup', ({ report }) => {
  const html = expectHarmless(markdownReport(report))
  for (const row of tableRows(html)) expect(row).toHaveLength(6)
})

describe('someone else’s text', () => {
  const NAMES = [
    ...HOSTILE_NAMES,
    'a|b',
    'a\\|b',
    '\\',
    '`',
    '``` js',
    'a `b` c',
    ' padded ',
    '   ',
    '**bold** _it_ ~~no~~',
    '[link](https://evil.example)',
    '![picture](https://evil.example/x.png)',
    'https://evil.example www.evil.example me@evil.example',
    '@everyone please see #1 and GH-2, owner/repo#3',
    '# heading',
    '- item\n\n## heading',
    '</details>',
    '&lt;b&gt; &#64;',
    '[^1] [x] :tada: $x$',
    '<https://evil.example>',
  ]

  test.each(NAMES)('%j stays text in a name, a reason, a warning and a method', (name) => {
    const hostile = { reason: name, method: name, warnings: [name] }
    const markdown = markdownReport(
      driftReport([column(name, 'drifted', hostile), column(name, 'stable', hostile)], {
        reference: table(name, 1),
        decision: { ...exampleReport().decision, reason: name },
      }),
    )
    const rows = tableRows(expectHarmless(markdown))
    expect(rows).toHaveLength(4)
    for (const row of rows) expect(row).toHaveLength(6)
    const methods = rows.map((row) => textOf(row[5]!).replaceAll('\u200b', ''))
    const shown = shortText(name, 60).trim()
    expect(methods).toEqual(['Method', shown, 'Method', shown])
    expect(markdown).toContain('1 row)')
  })

  test.each(NAMES.filter((name) => name.trim() !== ''))('%j is shown as it is', (name) => {
    const shown = shortText(name, 60)
    const code = renderMarkdown(codeSpan(name, 60))
    expect(code).toMatch(/^<p><code>[\s\S]*<\/code><\/p>$/)
    expect(textOf(code)).toBe(shown.replaceAll('|', '\\x7c'))
    const [, plain] = textOf(renderMarkdown(`x ${plainText(name, 60)} x`)).split(/^x | x$/)
    expect(plainText(name, 60)).not.toContain('$') // GitHub's mark of a formula
    expect(plain!.replaceAll('\u200b', '').trim()).toBe(shown.trim())
  })

  test('any text at all', () => {
    const marks = fc.constantFrom(
      ...'`|\\*_[]()<>!#@:$&~-+=. \n\t"\'/0a'.split(''),
      '://',
      'www.',
      '<b>',
      '&lt;',
    )
    const text = fc.string({
      unit: fc.oneof(
        { weight: 3, arbitrary: marks },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 2 }) },
      ),
    })
    const harmless = fc.property(text, text, (name, reason) => {
      const report = driftReport([
        column(name, 'drifted', { reason, method: reason, warnings: [reason] }),
      ])
      const [header, row] = tableRows(expectHarmless(markdownReport(report)))
      expect([header!.length, row!.length]).toEqual([6, 6])
      const known = name.trim() === '' ? /^\((empty|blank) name\)$/ : /^<code>[^<]*<\/code>$/
      expect(row![0]).toMatch(known)
    })
    fc.assert(harmless, { numRuns: 500 })
  })
})

describe('the limit', () => {
  const many = (count: number, verdict: 'drifted' | 'stable') =>
    Array.from({ length: count }, (_, i) =>
      column(`${verdict} ${i}`, verdict, { warnings: ['Warned.'] }),
    )
  const large = driftReport([...many(300, 'stable'), ...many(700, 'drifted')])

  test('a comment fits, whatever the report; what is left out is counted, drifted ones last', () => {
    const markdown = markdownReport(large)
    expect(markdown.length).toBeLessThanOrEqual(65_536)
    expect(markdown.length).toBeGreaterThan(65_000)
    const shown = tableRows(renderMarkdown(markdown)).length - 1
    expect(markdown).toMatch(
      new RegExp(`\\n${1000 - shown} more columns left out, ${700 - shown} of them drifted\\.\\n$`),
    )
  })

  test.each([4_000, 4_001, 20_000, 65_536, 300_000])('of %d is kept', (limit) => {
    const markdown = markdownReport(large, { limit })
    expect(markdown.length).toBeLessThanOrEqual(limit)
    expectHarmless(markdown)
    const html = renderMarkdown(markdown)
    const rows = tableRows(html).filter(([name]) => name !== 'Column')
    const left = Number(/(\d+) more columns left out/.exec(markdown)?.[1] ?? 0)
    expect(rows.length + left).toBe(1000)
    expect(left === 0).toBe(limit === 300_000)
  })

  test('holds for the longest texts there are', () => {
    for (const text of ['`', '|', '\u0000', '😀', '\u{10ffff}', '\ud800'].map((one) =>
      one.repeat(5_000),
    )) {
      const worst = driftReport(
        [column(text, 'drifted', { reason: text, method: text, warnings: [text] })],
        {
          reference: table(text, 1),
          current: table(text, 1),
          decision: { ...large.decision, reason: text },
        },
      )
      expect(markdownReport(worst, { limit: 4_000 }).length).toBeLessThanOrEqual(4_000)
    }
  })

  test.each([3_999, 0, -1, 4_000.5, Number.NaN])('of %d is refused', (limit) => {
    expect(() => markdownReport(large, { limit })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    )
  })
})

test('refuses NaN by its path in the report', () => {
  const report = driftReport([column('a', 'stable', { threshold: Number.NaN })])
  expect(() => markdownReport(report)).toThrow('"report.columns[0].threshold" must be a finite')
})
