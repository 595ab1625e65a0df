/**
 * What a live page can do with JavaScript on: count down to the next look, load itself anew without losing what was
 * opened, searched or scrolled to, and be told to wait. Without it there is a link.
 *
 * It runs behind page.ts, and knows its controls as a reader does: by what can be opened, filled in and pressed.
 */
;(() => {
  interface Saved {
    readonly paused: boolean
    /** What is open, by the place of its `details`. */
    readonly open: readonly string[]
    /** What is filled in, ticked and chosen. */
    readonly controls: Readonly<Record<string, string | boolean>>
    readonly sort: readonly [key: string, direction: string] | null
    /** The first thing on the screen that has a name of its own, and how far it is from the top. */
    readonly anchor: readonly [id: string, top: number] | null
    readonly top: number
    readonly focus: readonly [selector: string, place: number] | null
  }

  const bar = document.querySelector<HTMLElement>('.live-bar')!
  const next = bar.querySelector<HTMLElement>('[data-next]')
  const pause = bar.querySelector('button')!
  const link = bar.querySelector('a')!
  const key = `tidegauge ${location.pathname}`
  const refreshMilliseconds = Number(bar.dataset.refreshSeconds) * 1000
  const dueIn = Number(next?.dataset.next)
  const nextAsTime = next?.textContent ?? ''
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)')
  /** So long after a key or a click nothing is taken from under the reader's hand. */
  const HANDS_OFF = 2000

  let paused = false
  let touched = Number.NEGATIVE_INFINITY
  let startOfWait = performance.now()

  function details(): readonly HTMLDetailsElement[] {
    return Array.from(document.querySelectorAll('details'))
  }

  function placeOf(element: Element): string {
    const home = element.closest('[id]')
    const within = home?.querySelectorAll(element.tagName) ?? []
    return `${home?.id} ${Array.from(within).indexOf(element)}`
  }

  function controls(): readonly (HTMLInputElement | HTMLSelectElement)[] {
    return Array.from(document.querySelectorAll('.tools input, .tools select'))
  }

  function nameOf(control: HTMLInputElement | HTMLSelectElement): string {
    return isBox(control) ? `box ${control.value}` : control.type
  }

  function isBox(control: HTMLInputElement | HTMLSelectElement): control is HTMLInputElement {
    return control.type === 'checkbox'
  }

  const FOCUSABLE = 'a, button, input, select, summary'

  function focusOf(element: Element | null): Saved['focus'] {
    const home = element?.closest('[id], .tools, .live-bar, thead')
    if (element === null || home === null || home === undefined) return null
    const place = Array.from(home.querySelectorAll(FOCUSABLE)).indexOf(element)
    const selector = home.id
      ? `#${CSS.escape(home.id)}`
      : (['.tools', '.live-bar', 'thead'].find((one) => home.matches(one)) ?? '')
    return place < 0 ? null : [selector, place]
  }

  function anchorOf(): Saved['anchor'] {
    if (scrollY < 1) return null
    for (const element of document.querySelectorAll('main [id]')) {
      const { top, bottom, height } = element.getBoundingClientRect()
      if (height > 0 && bottom > 1 && element.closest('svg') === null) return [element.id, top]
    }
    return null
  }

  function sorted(): Saved['sort'] {
    const header = document.querySelector<HTMLElement>('th[aria-sort]')
    return header === null ? null : [header.dataset.sort!, header.getAttribute('aria-sort')!]
  }

  function save(): void {
    const filled = controls().map((control) => [
      nameOf(control),
      isBox(control) ? control.checked : control.value,
    ])
    const saved: Saved = {
      paused,
      open: details()
        .filter(({ open }) => open)
        .map(placeOf),
      // A verdict that is away for a while comes back as it was ticked.
      controls: { ...read()?.controls, ...Object.fromEntries(filled) },
      sort: sorted(),
      anchor: anchorOf(),
      top: scrollY,
      focus: focusOf(document.activeElement),
    }
    try {
      sessionStorage.setItem(key, JSON.stringify(saved))
    } catch {
      // There is no storage for this page, or no room: it begins anew.
    }
  }

  function read(): Saved | null {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Saved | null
    } catch {
      return null
    }
  }

  function restore(saved: Saved): void {
    setPaused(saved.paused)
    for (const control of controls()) {
      const value = saved.controls[nameOf(control)]
      if (value === undefined) continue
      if (isBox(control)) {
        if (control.checked === value) continue
        control.checked = value === true
        control.dispatchEvent(new Event('change', { bubbles: true }))
      } else if (control.value !== value) {
        control.value = String(value)
        const event = control instanceof HTMLInputElement ? 'input' : 'change'
        control.dispatchEvent(new Event(event, { bubbles: true }))
      }
    }
    if (saved.sort !== null) {
      const [by, direction] = saved.sort
      const header = `th[data-sort="${CSS.escape(by)}"]`
      if (document.querySelector(`${header}[aria-sort]:not([aria-sort="${direction}"])`) !== null) {
        document.querySelector<HTMLElement>(`${header} button`)?.click()
      }
    }
    const open = new Set(saved.open)
    for (const one of details()) one.open = open.has(placeOf(one))
    if (saved.focus !== null) {
      const [selector, place] = saved.focus
      const home = selector === '' ? null : document.querySelector(selector)
      const element = home?.querySelectorAll<HTMLElement>(FOCUSABLE)[place]
      element?.focus({ preventScroll: true })
      if (element instanceof HTMLInputElement && element.type === 'search') {
        element.setSelectionRange(element.value.length, element.value.length)
      }
    }
    scrollBack(saved, 12)
  }

  /** Again for some frames: rows that come onto the screen turn out higher or lower than was thought. */
  function scrollBack({ anchor, top }: Saved, frames: number): void {
    if (touched > Number.NEGATIVE_INFINITY) return
    const element = anchor === null ? null : document.getElementById(anchor[0])
    if (element === null || anchor === null) scrollTo(0, top)
    else scrollBy(0, element.getBoundingClientRect().top - anchor[1])
    if (frames > 0) {
      requestAnimationFrame(() => scrollBack({ anchor, top } as Saved, frames - 1))
    }
  }

  function setPaused(now: boolean): void {
    paused = now
    startOfWait = performance.now()
    pause.textContent = paused ? 'Resume' : 'Pause'
    pause.title = `Alt+P: the page ${paused ? 'would load' : 'loads'} itself anew every ${bar.dataset.refreshSeconds} s`
  }

  function isInHand(): boolean {
    return performance.now() - touched < HANDS_OFF || getSelection()?.isCollapsed === false
  }

  function tick(): void {
    if (next !== null && !isCalm.matches) {
      const left = Math.ceil((dueIn - performance.now()) / 1000)
      next.textContent = left > 0 ? `next look in ${left} s` : 'a newer look should be there'
    } else if (next !== null) {
      next.textContent = nextAsTime
    }
    const isDue = performance.now() - startOfWait >= refreshMilliseconds
    if (isDue && !paused && !document.hidden && !isInHand()) location.reload()
  }

  if (refreshMilliseconds > 0) {
    pause.hidden = false
    setPaused(false)
    pause.addEventListener('click', () => setPaused(!paused))
    // A letter alone would be in the way of who speaks to the machine, or of another program.
    addEventListener('keydown', (event) => {
      const { altKey, ctrlKey, metaKey, shiftKey, code } = event
      if (!altKey || ctrlKey || metaKey || shiftKey || code !== 'KeyP') return
      event.preventDefault()
      setPaused(!paused)
    })
  }
  const saved = read()
  history.scrollRestoration = 'manual'
  if (saved !== null) restore(saved)
  link.addEventListener('click', (event) => {
    event.preventDefault()
    location.reload()
  })
  for (const type of ['keydown', 'pointerdown', 'wheel', 'touchmove']) {
    addEventListener(
      type,
      () => {
        touched = performance.now()
      },
      { passive: true },
    )
  }
  addEventListener('pagehide', save)
  setInterval(tick, 250)
  tick()
})()
