import type { Page } from 'playwright-core'

/** What a reader does on a long page, one after the other; at the end all is shown and open. */
export function readerSteps(
  page: Page,
): ReadonlyArray<readonly [name: string, act: () => Promise<unknown>]> {
  const sortBy = (key: string) => page.locator(`th[data-sort=${key}] button`).click()
  return [
    [
      'scroll',
      async () => {
        for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 3000)
      },
    ],
    ['sort', () => sortBy('effect')],
    ['sort back', () => sortBy('concern')],
    ['search', () => page.getByLabel('Search').pressSequentially('amount_1')],
    ['clear', () => page.getByLabel('Search').fill('')],
    ['filter', () => page.getByRole('checkbox', { name: 'Stable' }).uncheck()],
    ['unfilter', () => page.getByRole('checkbox', { name: 'Stable' }).check()],
    ['expand', () => page.getByRole('button', { name: 'Expand all' }).click()],
  ]
}
