import { test } from 'vitest'
import { proveEqual } from '../../src/scalar/equality.ts'
import { simplify } from '../../src/scalar/simplify.ts'
import { printExpression } from '../../src/scalar/expression.ts'
import { printRange } from '../../src/scalar/range.ts'
import { Case } from '../../src/scalar/case.ts'
import { verifyScalarProof } from '../../src/scalar/verify.ts'
import { findDifference, mutated, randomDomain, randomExpression, seeded, soundStep } from './random-equations.ts'
test('fuzz', () => {
  const seed = Number(process.env.SEED ?? 1), seconds = Number(process.env.SECONDS ?? 60)
  const random = seeded(seed)
  const t0 = performance.now()
  const count = { true: 0, trueProved: 0, false: 0, falseProved: 0, simplified: 0, faults: 0, undefinedE: 0 }
  const unproved: string[] = []
  let slow = 0, slowText = ''
  while (performance.now() - t0 < seconds * 1000) {
    const n = 1 + Math.floor(random() * 3)
    const domain = randomDomain(random, n)
    const e = randomExpression(random, n, 1 + Math.floor(random() * 4))
    if (!new Case(domain).defined(e)) { count.undefinedE++; if (random() < 0.8) continue }
    let f = e
    const steps = 1 + Math.floor(random() * 4)
    for (let i = 0; i < steps; i++) f = soundStep(f, domain, random)
    const g = mutated(f, n, random)
    for (const [l, r, kind] of [[e, f, 'true'], [e, g, 'false']] as const) {
      if (l === r) continue
      const t1 = performance.now()
      const text = () => `${printExpression(l)}  ==  ${printExpression(r)}  ON ${domain.map(printRange).join(', ')}`
      let v
      try { v = proveEqual(l, r, domain, { milliseconds: 3000 }) } catch (error) { console.log('CRASH', text(), (error as Error).stack); count.faults++; continue }
      const ms = performance.now() - t1
      if (ms > slow) { slow = ms; slowText = text() }
      count[kind]++
      if (v.kind === 'proved') {
        if (kind === 'true') count.trueProved++; else count.falseProved++
        const point = findDifference(l, r, domain, random)
        if (point !== null) { console.log('FALSE PROVED', text(), 'AT', point.map(String).join()) }
      } else {
        if (/verified/.test(v.reason)) { console.log('FAULT', text(), v.reason); count.faults++ }
        else if (kind === 'true' && new Case(domain).defined(e) && unproved.length < 25 && text().length < 200) unproved.push(ms.toFixed(0) + 'ms ' + text() + '   ' + v.reason + '  ' + printExpression(v.left).slice(0, 150) + '  |  ' + printExpression(v.right).slice(0,150))
      }
    }
    try {
      const s = simplify(e, domain)
      if (s.result !== e) {
        count.simplified++
        const point = findDifference(e, s.result, domain, random, 8)
        const d = new Case(domain).defined(e)
        if (point !== null && d) console.log('SIMPLIFY WRONG', printExpression(e), '=>', printExpression(s.result), domain.map(printRange).join(), point.map(String).join())
        const again = simplify(s.result, domain)
        if (again.result !== s.result && d) console.log('NOT IDEMPOTENT', printExpression(e), '=>', printExpression(s.result), '=>', printExpression(again.result), domain.map(printRange).join())
      }
    } catch (error) { console.log('CRASH simplify', printExpression(e), (error as Error).stack) }
  }
  console.log(JSON.stringify(count), 'slowest', slow.toFixed(0), slowText.slice(0,300))
  if (process.env.SHOW) console.log(unproved.join('\n'))
}, 1e7)
