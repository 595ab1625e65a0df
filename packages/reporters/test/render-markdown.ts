import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'

/** Markdown as GitHub reads it, with the HTML that is in it. */
export function renderMarkdown(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    // The list of tags that GitHub takes out would hide some that should not be there.
    htmlExtensions: [{ ...gfmHtml(), tagfilter: null } as ReturnType<typeof gfmHtml>],
  })
}

/** Every tag, comment and declaration, as it is written. */
export function tagsOf(html: string): string[] {
  return html.match(/<[^>]*>?/g) ?? []
}

/** Rows of all tables, each cell as its HTML. */
export function tableRows(html: string): string[][] {
  return [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd]>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => cell!),
  )
}

/** HTML as the text that a reader sees. */
export function textOf(html: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|amp|quot);/g, (_, name: string) => names[name]!)
}
