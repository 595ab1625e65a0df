/**
 * What the page can do with JavaScript on: search, filter, sort, expand, copy a link. Everything to be read
 * is there without it; nothing is computed here but the order and what is shown.
 *
 * `pnpm page-script` puts it into src/html/page-script.ts. It runs once, when the page is there.
 */
;(() => {
  interface Row {
    readonly body: HTMLTableSectionElement
    readonly details: HTMLDetailsElement
    readonly text: string
    readonly name: string
    /** Effect, adjusted p and change of the missing share; NaN where there is none. */
    readonly keys: readonly number[]
  }

  type SortKey = 'concern' | 'name' | 'p' | 'effect' | 'missing'

  const table = document.querySelector<HTMLTableElement>('.columns')!
  const tools = document.querySelector<HTMLElement>('.tools')!
  const search = tools.querySelector<HTMLInputElement>('input[type=search]')!
  const boxes = Array.from(tools.querySelectorAll<HTMLInputElement>('fieldset input'))
  const select = tools.querySelector('select')!
  const expand = tools.querySelector('.expand')!
  const only = tools.querySelector('.drifted-only')
  const compact = tools.querySelector<HTMLInputElement>('[value=compact]')!
  const status = tools.querySelector('[role=status]')!
  const headers = Array.from(table.querySelectorAll<HTMLElement>('th[data-sort]'))

  const rows = Array.from(table.tBodies, (body): Row => {
    const header = body.rows[0]!.cells[0]!
    const method = body.querySelector('.method')?.textContent ?? ''
    const name = header.querySelector('bdi')
    return {
      body,
      details: body.querySelector('details')!,
      // Of a name that is cut the whole is in the tooltip.
      text: `${header.textContent} ${name?.title ?? ''} ${method}`.toLowerCase(),
      name: name?.title || name?.textContent || '',
      keys: body.dataset.keys!.split(',').map((key) => (key === '' ? Number.NaN : Number(key))),
    }
  })
  const shownFirst = new Map(rows.map((row, i) => [row, i]))
  const SLICE = 50
  let sortRun = 0
  const order = { key: 'concern' as SortKey, reversed: false }

  const COMPARE: Record<SortKey, (a: Row, b: Row) => number> = {
    concern: (a, b) => shownFirst.get(a)! - shownFirst.get(b)!,
    name: (a, b) => collator.compare(a.name, b.name),
    effect: (a, b) => b.keys[0]! - a.keys[0]!,
    p: (a, b) => a.keys[1]! - b.keys[1]!,
    missing: (a, b) => b.keys[2]! - a.keys[2]!,
  }
  const PLACE: Partial<Record<SortKey, number>> = { effect: 0, p: 1, missing: 2 }
  const collator = new Intl.Collator('en', { numeric: true })

  function sort(key: SortKey, reversed: boolean): void {
    order.key = key
    order.reversed = reversed
    select.value = key
    for (const header of headers) {
      const isKey = header.dataset.sort === key
      // Effects and changes are largest first, names and p-values smallest.
      const ascending = (key === 'name' || key === 'p' || key === 'concern') !== reversed
      if (isKey) header.setAttribute('aria-sort', ascending ? 'ascending' : 'descending')
      else header.removeAttribute('aria-sort')
    }
    const place = PLACE[key]
    const compare = COMPARE[key]
    const sorted = [...rows].sort((a, b) => {
      // What has no number stays last whichever way.
      const lack =
        place === undefined
          ? 0
          : Number(Number.isNaN(a.keys[place])) - Number(Number.isNaN(b.keys[place]))
      if (lack !== 0) return lack
      return (reversed ? -compare(a, b) : compare(a, b)) || shownFirst.get(a)! - shownFirst.get(b)!
    })
    placeInSlices(sorted, table.tHead!)
  }

  /** A slice in each frame, from the top: moving a thousand at once would hold up a slow machine. */
  function placeInSlices(waiting: readonly Row[], after: Element): void {
    const run = ++sortRun
    const next = (from: number, anchor: Element): void => {
      if (run !== sortRun) return
      const bodies = waiting.slice(from, from + SLICE).map(({ body }) => body)
      anchor.after(...bodies)
      const last = bodies[bodies.length - 1]
      if (from + SLICE < waiting.length) requestAnimationFrame(() => next(from + SLICE, last!))
    }
    next(0, after)
  }

  function filter(): void {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value))
    let shown = 0
    for (const { body, text } of rows) {
      const fits = verdicts.has(body.className) && words.every((word) => text.includes(word))
      body.hidden = !fits
      if (fits) shown++
    }
    say(shown === rows.length ? '' : `${shown} of ${rows.length} columns shown`)
  }

  /** Or all again. */
  function showDriftedOnly(): void {
    const isOnly = boxes.every(({ checked, value }) => checked === (value === 'drifted'))
    for (const box of boxes) box.checked = isOnly || box.value === 'drifted'
    filter()
  }

  function say(text: string): void {
    status.textContent = text
  }

  /** A slice in each frame, so that a long page stays alive. */
  function setOpen(open: boolean): void {
    expand.textContent = open ? 'Collapse all' : 'Expand all'
    const waiting = rows.filter(({ body, details }) => !body.hidden && details.open !== open)
    const next = (): void => {
      for (const { details } of waiting.splice(0, SLICE)) details.open = open
      if (waiting.length > 0) requestAnimationFrame(next)
    }
    next()
  }

  function openTarget(): void {
    const row = rows.find(({ body }) => `#${body.id}` === location.hash)
    if (row === undefined) return
    if (row.body.hidden) {
      search.value = ''
      for (const box of boxes) box.checked = true
      filter()
    }
    row.details.open = true
    row.body.scrollIntoView({ block: 'start' })
  }

  async function copyLink(link: HTMLAnchorElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(link.href)
      say('Link copied')
    } catch {
      say('The link is in the address bar')
    }
  }

  for (const header of headers) {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...Array.from(header.childNodes))
    header.append(button)
    button.addEventListener('click', () => {
      const key = header.dataset.sort as SortKey
      sort(key, order.key === key && !order.reversed)
    })
  }
  search.addEventListener('input', filter)
  for (const box of boxes) box.addEventListener('change', filter)
  select.addEventListener('change', () => sort(select.value as SortKey, false))
  only?.addEventListener('click', showDriftedOnly)
  compact.addEventListener('change', () => table.classList.toggle('compact', compact.checked))
  expand.addEventListener('click', () => setOpen(expand.textContent === 'Expand all'))
  table.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a.link')
    if (link !== null) void copyLink(link)
  })
  addEventListener('hashchange', openTarget)
  headers
    .find((header) => header.dataset.sort === 'concern')!
    .setAttribute('aria-sort', 'ascending')
  tools.hidden = false
  openTarget()
})()
