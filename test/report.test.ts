// Derivations that flow: stages and steps with the places where they happen, frames in which nothing jumps, animations and
// reports, which are also tried in a browser where there is one.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../src/check/check.ts'
import { animationScene } from '../src/draw/animation.ts'
import { boundsOf } from '../src/draw/bounds.ts'
import { svgOf } from '../src/draw/draw.ts'
import { derivationScene, type Frame, framesOf } from '../src/draw/stages.ts'
import { type LoadedClaim, parse } from '../src/load.ts'
import { certificateOf, certificateText } from '../src/prove/certify.ts'
import { derivationOf } from '../src/prove/derivation.ts'
import { prove, type Verdict } from '../src/prove/prove.ts'
import { reportOf } from '../src/report.ts'
import { isNode } from './draw/examine.ts'

async function proved(text: string): Promise<{ claim: LoadedClaim; verdict: Verdict }> {
  const { claims, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  const [claim] = claims
  return { claim, verdict: await prove(claim.left, claim.right, { requirements: claim.requirements }) }
}
const theorem = readFileSync(new URL('../examples/theorem.net', import.meta.url), 'utf8')
const CHAIN = `weights A, B, C, D : 4 x 4
net a { x : 4 in (0, inf) -> mul[A] -> mul[B] -> relu -> mul[C] -> mul[D] -> y }
net b { x : 4 in (0, inf) -> mul[B*A] -> relu -> mul[D*C] -> y }
prove a == b`
const GRAPH = `weights A, B : 3 x 3
net a { input x : 3 in (0, inf)  h = x -> mul[A]  g = x -> mul[B]  output y = (h -> ln) + (g -> ln)  output z = h * g }
net b { input x : 3 in (0, inf)  h = x -> ln -> add[A]  g = x -> ln -> add[B]  output y = h + g  output z = exp(h + g) }
prove a == b`

/** Where nodes stand in a frame, by their number. */
function places(frame: Frame): Map<string, { x: number; y: number; title: string }> {
  return new Map(
    frame.scene.groups.filter(isNode).map(g => {
      const b = boundsOf([g]) ?? { left: 0, top: 0, bottom: 0 }
      return [g.id.replace(/^s\d+-/, ''), { x: b.left, y: (b.top + b.bottom) / 2, title: g.title }]
    }),
  )
}

describe('stages', () => {
  it('say where the next step happens and what the last one has made', async () => {
    const { claim, verdict } = await proved(theorem)
    const { stages } = derivationOf(claim, verdict)
    expect(stages).toHaveLength(3)
    const kinds = (i: number, ids: readonly number[] | undefined): string[] =>
      stages[i].diagram.nodes.filter(n => ids?.includes(n.id)).map(n => n.kind)
    expect(kinds(0, stages[0].matched)).toEqual(['multiplicative', 'multiplicative', 'multiplicative'])
    expect(stages[0].highlight).toEqual([])
    expect(kinds(1, stages[1].highlight).filter(k => k === 'additive')).toHaveLength(3)
    expect(stages[2].matched).toEqual([])
    const plain = derivationOf(claim, verdict, { highlight: false })
    expect(plain.stages.flatMap(s => [...(s.highlight ?? []), ...(s.matched ?? [])])).toEqual([])
    const { groups } = await derivationScene({ stages })
    expect(groups.filter(g => g.id.endsWith('-matched')).length).toBeGreaterThan(3)
    expect(groups.filter(g => g.id.endsWith('-highlight')).length).toBeGreaterThan(3)
  })
  it('one for every step, each with its rule', async () => {
    const { claim, verdict } = await proved(theorem)
    const { stages } = derivationOf(claim, verdict, { every: true })
    expect(stages).toHaveLength(8)
    expect(stages.slice(1).every(s => s.rule !== undefined)).toBe(true)
    // The last state of the way back is the right net itself.
    const titles = (d: { nodes: readonly { kind: string }[] }): string[] => d.nodes.map(n => n.kind).sort()
    expect(titles(stages[7].diagram)).toEqual(titles(claim.right))
  })
  it('are drawn in pages; of very many, what is left out is said', async () => {
    const { claim, verdict } = await proved(theorem)
    const derivation = derivationOf(claim, verdict, { every: true })
    const scene = await derivationScene(derivation, { page: 3, most: 5 })
    const ids = scene.groups.map(g => g.id)
    expect(ids.filter(id => /^page\d+$/.test(id))).toEqual(['page1', 'page2'])
    expect(ids.some(id => id.startsWith('left-out'))).toBe(true)
    expect(scene.description).toContain('3 more stages are left out here')
    expect(ids).toContain('s8-equals')
    expect(ids).not.toContain('s6-equals')
  })
})

describe('frames', () => {
  it('of layered nets keep what comes before a change where it was', async () => {
    for (const text of [theorem, CHAIN]) {
      const { claim, verdict } = await proved(text)
      const derivation = derivationOf(claim, verdict, { every: true })
      const frames = await framesOf(derivation)
      expect(new Set(frames.map(f => `${f.scene.width} ${f.scene.height}`)).size).toBe(1)
      for (let k = 1; k < frames.length; k++) {
        const [before, after] = [places(frames[k - 1]), places(frames[k])]
        const changed = derivation.stages[k].highlight ?? []
        const first = Math.min(
          ...[...after].filter(([id]) => changed.includes(Number(id.slice(1)))).map(([, p]) => p.x),
        )
        for (const [id, p] of after) {
          const old = before.get(id)
          if (old === undefined || changed.includes(Number(id.slice(1))) || p.x >= first) continue
          expect([k, id, p.x, p.y]).toEqual([k, id, old.x, old.y])
        }
      }
    }
  })
  it('of graphs do not let neighbours swap sides', async () => {
    const { claim, verdict } = await proved(GRAPH)
    expect(verdict.kind).toBe('proved')
    const frames = await framesOf(derivationOf(claim, verdict, { every: true }))
    let [pairs, swapped] = [0, 0]
    for (let k = 1; k < frames.length; k++) {
      const before = places(frames[k - 1])
      const both = [...places(frames[k])].filter(([id]) => before.has(id))
      for (const [i, [a, p]] of both.entries())
        for (const [b, q] of both.slice(i + 1)) {
          const [r, s] = [before.get(a), before.get(b)]
          if (r === undefined || s === undefined || Math.abs(p.x - q.x) > 5 || Math.abs(r.x - s.x) > 5) continue
          pairs++
          if (p.y < q.y !== r.y < s.y) swapped++
        }
    }
    expect(pairs).toBeGreaterThan(0)
    expect(swapped / pairs).toBeLessThan(0.01)
  })
})

const NASTY = 'function f : R -> R\nnet a { x : 2 -> f -> y }\nnet b { x : 2 -> f -> exp -> ln -> y }\nprove a == b'

describe('an animation', () => {
  it('has a frame for each stage, and stands still where motion is not wanted', async () => {
    const { claim, verdict } = await proved(theorem)
    const frames = await framesOf(derivationOf(claim, verdict))
    const { scene, style } = animationScene(frames, 'moving')
    expect(style.match(/@keyframes/g)).toHaveLength(3)
    expect(style).toContain('.netproof .frame-3 { opacity: 1 }')
    expect(style.indexOf('animation:')).toBeGreaterThan(style.indexOf('prefers-reduced-motion: no-preference'))
    expect(new Set(scene.groups.map(g => g.id)).size).toBe(scene.groups.length)
    expect(animationScene(frames.slice(0, 1), 'still').style).toBe('')
  })
})

describe('a report', () => {
  it('stands alone, has every step, and the certificate in it is accepted', async () => {
    const { claim, verdict } = await proved(theorem)
    const text = certificateText(certificateOf([{ ...claim, verdict }], { seed: 1 }))
    const page = await reportOf([{ claim, verdict }], text)
    expect(page.match(/<li class="step">/g)).toHaveLength(8)
    for (const said of [
      'PROVED',
      'x in (0, inf)',
      'multiplicative-additive identity',
      'input in (0, inf)',
      '(x) in (0, inf)',
    ])
      expect(page).toContain(said)
    // Nothing is loaded: links lead to data only, and style sheets load nothing.
    expect(page).not.toMatch(/\b(?:src|href)="(?!data:)|url\(|@import/)
    const data = /href="data:application\/json;base64,([^"]+)"/.exec(page)?.[1] as string
    const certificate: unknown = JSON.parse(Buffer.from(data, 'base64').toString('utf8'))
    expect(check(certificate)).toMatchObject({ accepted: true })
  })
  it('says what refutes a claim, and why one is open', async () => {
    const refuted = await proved('net a { x : 1 -> relu -> y }\nnet b { x : 1 -> y }\nprove a == b')
    const open = await proved(
      'weights W : 2 x 2\nnet a { x : 2 -> add[W] -> ln -> y }\nnet b { x : 2 -> add[W] -> ln -> y }\nprove a == b',
    )
    const page = await reportOf([refuted, open], null)
    expect(page).toContain('REFUTED')
    expect(page).toContain('UNDECIDED')
    expect(page).toContain('is not shown to be defined everywhere')
  })
  it('escapes what names and captions say', async () => {
    const { claim, verdict } = await proved(NASTY)
    const evil = { ...claim, title: '</h1><script>alert(1)</script>', leftName: '<b>&"', rightName: '\u202e' }
    const page = await reportOf([{ claim: evil, verdict }], '</script>')
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<b>')
    expect(page).not.toContain('\u202e')
  })
})

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const browser = BROWSERS.find(existsSync)
if (browser === undefined)
  console.log('No chromium is installed here: reports and animations are not tried in a browser.')

describe.skipIf(browser === undefined)('in a browser', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-report-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  it('arrow keys walk the steps of a report, and animations play unless motion is not wanted', async () => {
    const { claim, verdict } = await proved(theorem)
    const frames = await framesOf(derivationOf(claim, verdict))
    const moving = animationScene(frames, 'moving')
    const [report, animation] = [join(folder, 'report.html'), join(folder, 'moving.svg')]
    writeFileSync(report, await reportOf([{ claim, verdict }], '{}'))
    writeFileSync(animation, await svgOf(moving.scene, {}, moving.style))
    const { chromium } = await import('playwright-core')
    const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] })
    try {
      const page = await chrome.newPage()
      const loaded: string[] = []
      const faults: string[] = []
      page.on('request', r => loaded.push(r.url()))
      page.on('pageerror', e => faults.push(e.message))
      await page.goto(pathToFileURL(report).href)
      const shown = (): Promise<string[]> => page.locator('.step:visible h2').allInnerTexts()
      expect(await shown()).toEqual(['start with product'])
      await page.keyboard.press('ArrowRight')
      expect(await page.locator('.status').innerText()).toBe('step 1 of 7')
      await page.keyboard.press('End')
      expect(await page.locator('.status').innerText()).toBe('step 7 of 7')
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('Home')
      expect(await shown()).toEqual(['start with product'])
      await page.getByRole('button', { name: 'step on' }).click()
      expect(await page.locator('.status').innerText()).toBe('step 1 of 7')
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a.certificate').click()])
      expect(download.suggestedFilename()).toBe('certificate.json')
      expect(loaded.filter(url => !url.startsWith('data:'))).toEqual([pathToFileURL(report).href])

      await page.goto(pathToFileURL(animation).href)
      const opacities = (): Promise<string[]> =>
        page.evaluate(`[1, 2, 3].map(k => getComputedStyle(document.querySelector('.frame-' + k)).opacity)`)
      const runAt = (share: number): Promise<unknown> =>
        page.evaluate(
          `document.getAnimations().forEach(a => { a.pause(); a.currentTime = ${share} * a.effect.getTiming().duration })`,
        )
      await runAt(0.2)
      expect(await opacities()).toEqual(['1', '0', '0'])
      await runAt(0.5)
      expect(await opacities()).toEqual(['0', '1', '0'])
      await runAt(0.9)
      expect(await opacities()).toEqual(['0', '0', '1'])
      await page.emulateMedia({ reducedMotion: 'reduce' })
      expect(await page.evaluate('document.getAnimations().length')).toBe(0)
      expect(await opacities()).toEqual(['0', '0', '1'])
      expect(faults).toEqual([])
    } finally {
      await chrome.close()
    }
  })
})
