// A verdict as a page of HTML that stands alone: the claim, the domain, the derivation step by step, and the certificate to
// be saved. Steps are walked with the arrow keys; without scripts all of them stand one below the other.
import { cleanText } from './label.ts'
import type { Frame } from './stages.ts'
import { styleSheet } from './style.ts'
import { escapeXml } from './svg.ts'
import { THEMES, type Theme } from './themes.ts'

export interface ReportRule {
  readonly name: string
  readonly title: string
  /** The rule in the language, and why it is true. */
  readonly text: string
  readonly reason: string
}
export interface ReportStep {
  readonly frame: Frame
  /** The frame as SVG text. */
  readonly svg: string
  /** The rule that has led here; null for the first state, and where no single rule has. */
  readonly rule: ReportRule | null
  /** What had to hold for it. */
  readonly conditions: readonly string[]
  /** What is known of the values of the wires that it is about. */
  readonly ranges: readonly string[]
}
export interface Report {
  readonly title: string
  readonly verdict: 'proved' | 'refuted' | 'undecided'
  /** Where the claim is made, such as `x in (0, inf)`; empty for all reals. */
  readonly domain: string
  /** Assumptions, a counterexample or a reason: lines of text. */
  readonly details: readonly string[]
  readonly steps: readonly ReportStep[]
}
export interface ReportOptions {
  readonly theme?: Theme
  /** Whether the steps' pictures have fonts, and so style sheets, of their own. */
  readonly embedFonts?: boolean
}

/** The largest certificate that is put into a page, in characters. */
export const LARGEST_CERTIFICATE = 8_000_000

const SCRIPT = `
const sections = [...document.querySelectorAll('.steps')].map(section => {
  const items = [...section.querySelectorAll('.step')]
  const status = section.querySelector('.status')
  let at = 0
  const show = k => {
    at = Math.max(0, Math.min(items.length - 1, k))
    items.forEach((item, i) => { item.hidden = i !== at })
    status.textContent = 'step ' + at + ' of ' + (items.length - 1)
    section.querySelector('.back').disabled = at === 0
    section.querySelector('.on').disabled = at === items.length - 1
  }
  section.classList.add('walked')
  section.querySelector('.back').onclick = () => show(at - 1)
  section.querySelector('.on').onclick = () => show(at + 1)
  show(0)
  return { section, back: () => show(at - 1), on: () => show(at + 1), first: () => show(0), last: () => show(items.length - 1) }
})
let active = sections[0]
for (const s of sections) {
  s.section.addEventListener('focusin', () => { active = s })
  s.section.addEventListener('pointerdown', () => { active = s })
}
document.addEventListener('keydown', event => {
  if (event.altKey || event.ctrlKey || event.metaKey || !active) return
  const act = { ArrowRight: active.on, ArrowLeft: active.back, Home: active.first, End: active.last }[event.key]
  if (act) { act(); event.preventDefault() }
})
`

/** The page. `certificate` is its text, or null where there is none or it is too large to be put into a page. */
export function printReport(
  reports: readonly Report[],
  certificate: string | null,
  { theme = THEMES.post, embedFonts = false }: ReportOptions = {},
): string {
  const title = reports.map(r => r.title).join('; ')
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${text(title)}</title>`,
    `<style>${pageStyle(theme)}</style>`,
    ...(embedFonts ? [] : [`<style>${styleSheet(theme)}</style>`]),
    '</head>',
    '<body>',
    '<main>',
    ...reports.map((r, i) => section(r, i, embedFonts)),
    certificateLink(certificate, reports),
    '</main>',
    `<script>${SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function text(content: string): string {
  return escapeXml(cleanText(content))
}

const MARKS = { proved: '✓', refuted: '✗', undecided: '?' } as const

function section(report: Report, index: number, embedFonts: boolean): string {
  const { steps } = report
  const domain = report.domain === '' ? 'for all reals' : `for ${report.domain}`
  const id = `claim${index + 1}`
  return [
    `<article aria-labelledby="${id}">`,
    `<h1 id="${id}">${text(report.title)}</h1>`,
    `<p class="verdict ${report.verdict}"><strong>${MARKS[report.verdict]} ${report.verdict.toUpperCase()}</strong> <span>${text(domain)}</span></p>`,
    ...(report.details.length === 0 ? [] : [`<pre class="details">${report.details.map(text).join('\n')}</pre>`]),
    `<section class="steps" aria-label="derivation" tabindex="0">`,
    '<p class="walk"><button type="button" class="back" aria-label="step back">←</button> <span class="status" role="status"></span> <button type="button" class="on" aria-label="step on">→</button> <span class="hint">arrow keys walk the steps</span></p>',
    '<ol>',
    ...steps.map(step => item(step, embedFonts)),
    '</ol>',
    '</section>',
    '</article>',
  ].join('\n')
}

function item({ frame, svg, rule, conditions, ranges }: ReportStep, embedFonts: boolean): string {
  const picture = embedFonts ? svg : svg.replace(/<style>[\s\S]*?<\/style>\n/, '')
  const list = (name: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `<dt>${name}</dt>${lines.map(l => `<dd><code>${text(l)}</code></dd>`).join('')}`
  return [
    '<li class="step">',
    `<h2>${text(frame.caption)}</h2>`,
    `<div class="picture">${picture.trimEnd()}</div>`,
    '<dl>',
    ...(rule === null
      ? []
      : [
          `<dt>rule</dt><dd>${text(rule.title)} (<code>${text(rule.name)}</code>)</dd>`,
          `<dd><pre>${text(rule.text).trimEnd()}</pre></dd>`,
          ...(rule.reason === '' ? [] : [`<dt>because</dt><dd>${text(rule.reason)}</dd>`]),
        ]),
    list('condition', conditions),
    list('ranges', ranges),
    '</dl>',
    '</li>',
  ].join('\n')
}

function certificateLink(certificate: string | null, reports: readonly Report[]): string {
  if (certificate === null) {
    const has = reports.some(r => r.verdict !== 'undecided')
    return has
      ? '<p>The certificate is too large for a page: <code>netproof prove FILE --certificate F</code> writes it.</p>'
      : ''
  }
  const data = Buffer.from(certificate, 'utf8').toString('base64')
  return `<p><a class="certificate" download="certificate.json" href="data:application/json;base64,${data}">save the certificate</a>, which <code>netproof check certificate.json</code> checks</p>`
}

function pageStyle({ colours: { background, ink, muted, highlightEdge } }: Theme): string {
  const page = background === 'none' ? '#ffffff' : background
  return `
body { margin: 0 auto; max-width: 84rem; padding: 1rem 1.5rem; font: 1rem/1.5 Arimo, Arial, Helvetica, sans-serif; background: ${page}; color: ${ink} }
h1 { font-size: 1.6rem; margin: 1rem 0 0.5rem } h2 { font-size: 1.1rem; margin: 0.5rem 0 }
.verdict strong { border: 2px solid ${ink}; border-radius: 0.3rem; padding: 0.1rem 0.5rem; margin-right: 0.5rem }
.hint, dt { color: ${muted} }
ol { list-style: none; padding: 0 } .step { margin: 1rem 0 }
.picture { overflow-x: auto } .picture svg { max-width: 100%; height: auto }
.walk { display: none } .walked .walk { display: block }
button { font: inherit; min-width: 3rem; padding: 0.2rem 0.6rem; color: ${ink}; background: ${page}; border: 1px solid ${muted}; border-radius: 0.3rem; cursor: pointer }
button:disabled { opacity: 0.4; cursor: default }
:focus-visible { outline: 3px solid ${highlightEdge}; outline-offset: 2px } a { color: inherit }
pre { white-space: pre-wrap; margin: 0.3rem 0 } dl { display: block } dt { margin-top: 0.5rem } dd { margin: 0 0 0 1.5rem }
[hidden] { display: none }
`
}
