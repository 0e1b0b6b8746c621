// A report on paper: on the desktop the shell turns its page into a PDF; everywhere it can be printed.
import { Failure } from '../../shared/domain/failure.ts'
import { styleNonce } from './nonce.ts'

/** Where the shell answers with a PDF of the page that it is sent. */
const pdfAddress = '/paper.pdf'
const sheetId = 'paper'

/** Pages of the desktop app come under its own scheme; only there is a shell that makes PDFs. */
export function canMakePdf(): boolean {
  return window.location.protocol === 'app:'
}

/** Has the shell make a PDF of a page and hands it over to be saved. Throws `report.no-pdf`. */
export async function savePdf(name: string, html: string): Promise<void> {
  const answer = await fetch(pdfAddress, { method: 'POST', headers: { 'content-type': 'text/html; charset=utf-8' }, body: html })
  if (!answer.ok)
    throw new Failure(
      'report.no-pdf',
      'The PDF could not be made.',
      'Print the report instead; your system can save what it prints as PDF.',
    )
  const url = URL.createObjectURL(await answer.blob())
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = `${name}.pdf`
  anchor.click()
  URL.revokeObjectURL(url)
}

/** Shows a page to the printer in place of the screen, and takes it away again. */
export function printPage(html: string): void {
  // The page's own style is taken out before it is parsed: without the nonce of this page the policy would refuse it, and say so.
  const rules = [...html.matchAll(/<style>([^<]*)<\/style>/g)].map((match) => match[1] ?? '').join('\n')
  const page = new DOMParser().parseFromString(html.replaceAll(/<style>[^<]*<\/style>/g, ''), 'text/html')
  document.getElementById(sheetId)?.remove()
  const sheet = document.createElement('div')
  sheet.id = sheetId
  const style = document.createElement('style')
  style.nonce = styleNonce()
  const onPaper = `body > :not(#${sheetId}) { display: none !important } #${sheetId} { display: block } ${rules}`
  style.textContent = `#${sheetId} { display: none } @media print { ${onPaper} }`
  sheet.append(style, ...page.body.children)
  document.body.append(sheet)
  const title = document.title
  document.title = page.title
  window.addEventListener(
    'afterprint',
    () => {
      sheet.remove()
      document.title = title
    },
    { once: true },
  )
  window.print()
}
