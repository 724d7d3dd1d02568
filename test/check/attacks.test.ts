// More certificates that somebody writes to deceive the checker or to keep it busy: names that look like something else, sizes
// that are no sizes, functions that are not quite as declared, fields that nobody reads, JavaScript values that no JSON is.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/certificate/json.ts'
import { parseCertificate } from '../../src/certificate/text.ts'
import { check } from '../../src/check/check.ts'
import { sizeOf, unknownSize } from '../../src/linear/size.ts'
import { additive, type Draft, draft, input, output, pointwise, proved, refuted, step } from './draft.ts'

const R = '(-inf, inf)'

function written(write: (d: Draft) => void): { [key: string]: Json } {
  const d = draft()
  write(d)
  return d.document()
}
/** The reason why a document is rejected; null when it is accepted. */
function reason(document: unknown): string | null {
  const result = check(document)
  return result.accepted ? null : result.reason
}

describe('sizes', () => {
  /** sign of the sum of k - 1 positive numbers is 1, which is false for k = 1; the size is said in one way or another. */
  const sumOfFewer = (before: (d: Draft) => void, less: Json): unknown =>
    written(d => {
      before(d)
      const [x, one] = [0, '1'].map(row => d.expression(row))
      const [row, column] = [d.operator(['ones', 1, less]), d.operator(['ones', less, 1])]
      const sign = d.expression(['sign', x])
      const lemma = d.lemma(sign, one, ['(0, inf)'], d.proof({ equal: [['axiom', 'sign-above', x]] }))
      const layer = additive(d.operator(['product', row, column]), 0)
      const nodes = [pointwise(one, [1])]
      const grounds = { over: [1], ranges: ['(0, inf)'], lemmas: [lemma], nodes }
      const steps = [step('function', 'equality', 2, 6, grounds), step('function', 'equality', 6, 4, { over: [0, 1] })]
      const left = [input('x', '(0, inf)'), layer, pointwise(sign, [1]), output(2)]
      d.claim(proved(left, [pointwise(one, [0]), output(4)], steps))
    })

  test('an unknown size whose name is that of a difference does not make the difference at least 1', () => {
    expect(reason(sumOfFewer(() => {}, 'size_k'))).toBe(null)
    expect(reason(sumOfFewer(() => {}, [-1, 'size_k', 1]))).toMatch(/matrix without entries/)
    const first = (d: Draft): number => d.operator(['ones', 1, 'size_k - 1'])
    expect(reason(sumOfFewer(d => void first(d), [-1, 'size_k', 1]))).toMatch(/not a name/)
    expect(reason(sumOfFewer(() => {}, 'size_k - 1'))).toMatch(/not a name/)
  })

  test.each(['n - 1', '2*n', '3', '-n', 'n + m', 'n,m', 'n+m', ' n', 'n ', '7n', '+n', ''])(
    'no size is called %j',
    name => {
      expect(reason(written(d => d.operator(['identity', name])))).toMatch(/not a name/)
      expect(() => unknownSize(name)).toThrow(RangeError)
      expect(sizeOf(3)).toMatchObject({ constant: 3, terms: [] })
    },
  )

  test('sizes that are too large to be told from the next ones', () => {
    const most = 2 ** 40
    // 200 parts of 2^40 are 2^47 and more; 64 of these are beyond what doubles tell apart.
    const huge = [0, ...Array.from({ length: 200 }, () => ['n', most]).flat()]
    const wide = (count: number): unknown =>
      written(d => {
        const inputs = Array.from({ length: count }, (_, i) => input(`x${i}`, R, [huge]))
        const join = ['join', [...inputs.keys(), count], [huge]]
        d.claim(
          proved([...inputs, input('z', R, ['n']), join, output(count + 1, 'y', [huge])], [output(0, 'y', [huge])], []),
        )
      })
    expect(reason(wide(80))).toMatch(/too large/)
  })

  test.each([2 ** 31, 2 ** 40 - 1])('a maximum over groups of %d components', group => {
    const pooled = written(d => {
      const x = d.expression(0)
      const reduce = ['reduce', [0], [1], 'max', group]
      const last = step('function', 'equality', 1, 3, { over: [0], ranges: [R] })
      d.claim(proved([input('x', R, [group]), reduce, output(1)], [['slice', [0], [1], 0, 1], output(3)], [last]))
      return x
    })
    expect(reason(pooled)).toMatch(/more work/)
  })
})

describe('functions in counterexamples', () => {
  /** f(x) against x at 1 for an unknown increasing f from a set into the reals. */
  const increasing = (body: (d: Draft) => number, value: string, domain = R): unknown =>
    written(d => {
      const f = d.expression(['function', 'f', 1, [domain], R, 'increasing', null, null, ['t']])
      const fx = d.expression(['apply', f, d.expression(0)])
      const given = { inputs: { x: ['1'] }, functions: { f: body(d) }, left: [[value, value]], right: [['1', '1']] }
      d.claim(refuted([input('x', domain), pointwise(fx, [0]), output(1)], [output(0)], given))
    })
  test('increase strictly where they are declared to increase', () => {
    const x = 0
    const strict = /not shown to be strictly increasing/
    expect(reason(increasing(d => d.expression('7'), '7'))).toMatch(strict)
    expect(
      reason(increasing(d => d.expression(['floor', d.expression(['+', d.expression(x), d.expression('2')])]), '3')),
    ).toMatch(strict)
    expect(reason(increasing(d => d.expression(['max', d.expression(x), d.expression('3')]), '3'))).toMatch(strict)
    expect(
      reason(increasing(d => d.expression(['relu', d.expression(['+', d.expression(x), d.expression('2')])]), '3')),
    ).toMatch(strict)
    const broken =
      (otherwise: (d: Draft) => number) =>
      (d: Draft): number => {
        const t = d.expression(x)
        return d.expression(['choose', '<', t, d.expression('0'), t, otherwise(d)])
      }
    expect(
      reason(
        increasing(
          broken(d => d.expression(['*', d.expression('2'), d.expression(x)])),
          '2',
        ),
      ),
    ).toBe(null)
    expect(
      reason(
        increasing(
          broken(d => d.expression('2')),
          '2',
        ),
      ),
    ).toMatch(strict)
    expect(reason(increasing(d => d.expression(['*', d.expression('2'), d.expression(x)]), '2'))).toBe(null)
    expect(reason(increasing(d => d.expression('7'), '7', '[1, 1]'))).toBe(null)
  })
})

describe('what nobody reads', () => {
  const whole = (): { [key: string]: Json } =>
    written(d => {
      const x = d.expression(0)
      const abs = d.expression(['abs', x])
      const lemma = d.lemma(abs, x, ['[0, inf)'], d.proof({ equal: [['axiom', 'abs-above', x]] }))
      const last = step('function', 'equality', 1, 3, { over: [0], ranges: ['[0, inf)'], lemmas: [lemma] })
      d.operator(['weight', 'W', 1, 1, false, R, null])
      d.claim(
        proved([input('x', '[0, inf)'), pointwise(abs, [0]), output(1)], [pointwise(x, [0]), output(3)], [last], {
          requirements: [{ wire: 0, range: '[0, inf)' }],
        }),
      )
    })
  const changed = (place: string, change: (holder: { [key: string]: Json }) => void): string | null => {
    const document = JSON.parse(JSON.stringify(whole()))
    const holder = place
      .split('/')
      .filter(Boolean)
      .reduce((at, key) => at[key], document)
    change(holder)
    return reason(document)
  }

  test('a field more', () => {
    expect(reason(whole())).toBe(null)
    for (const place of [
      '',
      'claims/0',
      'claims/0/steps/0',
      'claims/0/requirements/0',
      'lemmas/0',
      'tables',
      'tables/proofs/0',
      'tables/proofs/0/end',
    ])
      expect(
        changed(place, holder => (holder.note = 'and much more')),
        place,
      ).toMatch(/nobody knows/)
    expect(changed('claims/0', claim => (claim.counterexample = {}))).toMatch(/nobody knows/)
  })

  test('a part more, or a part less', () => {
    for (const place of ['claims/0/leftNet/0', 'claims/0/leftNet/1', 'claims/0/rightNet/1', 'tables/operators/0']) {
      const parts = (holder: unknown): Json[] => holder as Json[]
      expect(
        changed(place, row => parts(row).push('x')),
        place,
      ).toMatch(/parts, not of/)
      expect(
        changed(place, row => parts(row).pop()),
        place,
      ).toMatch(/parts, not of/)
    }
  })

  test('letters that are not seen in names', () => {
    const hidden = ['\u0000', '\n', '\u001b[2K', '\u202e', '\u200b', '\u2028', '\ud800']
    for (const letter of hidden) {
      expect(changed('claims/0', claim => (claim.left = `a${letter}`))).toMatch(/not a name/)
      expect(changed('claims/0/steps/0', s => (s.rule = `equality${letter}`))).toMatch(/not a name/)
      expect(changed('claims/0/leftNet/0', row => (row[3] = `x${letter}`))).toMatch(/not a name/)
    }
    expect(changed('claims/0', claim => (claim.left = 'σ′ → 网络'))).toBe(null)
  })
})

describe('values that no JSON text is', () => {
  const whole = (): { [key: string]: unknown } =>
    written(d => d.claim(proved([input('x'), output(0)], [output(0)], [])))

  test.each<[what: string, value: unknown]>([
    ['a getter that throws', { get claims() { throw new Error('no') } }], // biome-ignore format: one line
    ['a getter that throws nothing', { get claims() { throw undefined } }], // biome-ignore format: one line
    ['a list that contains itself', (() => { const list: unknown[] = []; list.push(list); return { claims: list } })()], // biome-ignore format: one line
    ['a table that contains itself', (() => { const o: { [key: string]: unknown } = {}; o.tables = o; return o })()], // biome-ignore format: one line
    ['a list of nothing, 4 billion long', { claims: new Array(2 ** 32 - 1) }],
    ['a list with holes', { claims: new Array(3) }],
    ['a map', { tables: new Map() }],
    ['a big integer', { version: 2n }],
    ['a symbol', { claims: Symbol('claims') }],
    ['a function', { lemmas: () => [] }],
    ['a list that is none', { claims: { length: 1, 0: {} } }],
    ['a typed array', { lemmas: new Float64Array(4) }],
    ['a proxy that throws', { tables: new Proxy({}, { get: () => { throw new Error('no') }, ownKeys: () => { throw new Error('no') } }) }], // biome-ignore format: one line
    ['an object without a prototype', { tables: Object.create(null) }],
    ['a date', { claims: new Date(0) }],
  ])('%s', (_, change) => {
    const document = Object.defineProperties(whole(), Object.getOwnPropertyDescriptors(change))
    expect(check(document)).toMatchObject({ accepted: false, isCertificate: true })
  })

  test('fields of the prototype do not count', () => {
    expect(check(Object.create(whole())).accepted).toBe(false)
    const { claims, ...rest } = whole()
    expect(check(Object.setPrototypeOf(rest, { claims })).accepted).toBe(false)
  })
})

describe('texts', () => {
  const whole = JSON.stringify(written(d => d.claim(proved([input('x'), output(0)], [output(0)], []))))
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  const verdict = (content: Uint8Array): boolean => check(parseCertificate(content)).accepted

  test('whole', () => expect(verdict(bytes(whole))).toBe(true))
  test('with a byte order mark, which says nothing', () => expect(verdict(bytes(`\ufeff${whole}`))).toBe(true))

  test.each<[what: string, content: Uint8Array]>([
    ['UTF-16', new Uint8Array(new Uint16Array([...`\ufeff${whole}`].map(c => c.charCodeAt(0))).buffer)],
    ['two byte order marks', bytes(`\ufeff\ufeff${whole}`)],
    ['text after the end', bytes(`${whole} {}`)],
    ['text before the beginning', bytes(`x${whole}`)],
    ['two documents', bytes(`${whole}\n${whole}`)],
    ['a comment', bytes(`/* proved */${whole}`)],
    ['a comma too many', bytes(whole.replace(/\}$/, ',}'))],
    ['a key twice', bytes(whole.replace('"left":"a"', '"left":"z","left":"a"'))],
    ['a key twice, once in escapes', bytes(whole.replace('"left":"a"', '"left":"z","\\u006ceft":"a"'))],
    ['a key twice in an object that nobody reads', bytes(whole.replace('"seed":1', '"seed":{"a":1,"a":2}'))],
    ['a letter that is none', new Uint8Array([...bytes(whole.slice(0, -1)), 0xff, 0x7d])],
    ['a zero after the end', bytes(`${whole}\0`)],
    ['NaN', bytes(whole.replace('"seed":1', '"seed":NaN'))],
    ['infinity', bytes(whole.replace('"seed":1', '"seed":Infinity'))],
  ])('%s', (_, content) => {
    expect(verdict(content)).toBe(false)
  })

  test('that end early', () => {
    for (let length = 0; length < whole.length; length += 5) expect(verdict(bytes(whole.slice(0, length)))).toBe(false)
  })
})

describe('functions that cannot be as they are declared, of which everything holds', () => {
  type Declared = readonly [domain: string, codomain: string, monotone: string | null, parity: string | null]
  const alone = ([domain, codomain, monotone, parity]: Declared): string | null =>
    reason(written(d => void d.expression(['function', 'f', 1, [domain], codomain, monotone, parity, null, ['t']])))
  const pair = (f: Declared, g: readonly [monotone: string | null, parity: string | null]): string | null =>
    reason(
      written(d => {
        const declare = (name: string, domain: string, codomain: string, ...said: (string | null)[]): number =>
          d.expression(['function', name, 1, [domain], codomain, ...said, null, ['t']])
        const [p, q] = [declare('f', ...f), declare('g', f[1], f[0], ...g)]
        d.expression(['inverse', p, q])
        d.expression(['inverse', q, p])
      }),
    )

  test.each<Declared>([
    [R, R, 'increasing', 'even'],
    [R, '[0, 0] | [1, 1]', 'decreasing', null],
    [R, '(0, inf)', null, 'odd'],
    ['[-1, 1]', '[-2, -1] | [1, 2]', null, 'odd'],
  ])('%s to %s, %s, %s', (...declared) => expect(alone(declared)).toMatch(/cannot be as it is declared/))

  test.each<readonly [Declared, readonly [string | null, string | null]]>([
    [
      [R, R, 'increasing', null],
      ['decreasing', null],
    ],
    [
      [R, R, null, 'odd'],
      [null, 'even'],
    ],
    [
      [R, R, null, 'even'],
      [null, null],
    ],
    [
      [R, '[0, 1]', 'increasing', null],
      ['increasing', null],
    ],
    [
      [R, '[0, 0]', null, null],
      [null, null],
    ],
    [
      ['[0, inf)', '(0, inf)', 'increasing', null],
      [null, null],
    ],
  ])('%j with an inverse', (f, g) => expect(pair(f, g)).toMatch(/cannot have one/))

  test('those beside them can be', () => {
    expect(alone([R, '(-1, 1)', 'increasing', 'odd'])).toBe(null)
    expect(alone(['[2, 2]', '[0, 0]', 'increasing', null])).toBe(null)
    expect(pair([R, '(-1, 1)', 'increasing', 'odd'], ['increasing', 'odd'])).toBe(null)
    expect(pair([R, '[0, 1]', null, null], [null, null])).toBe(null)
    expect(pair(['[0, inf)', '(-inf, 3]', 'decreasing', null], [null, null])).toBe(null)
  })
})

describe('long numbers', () => {
  const tooMuch = /more work/
  const numbers = (rows: readonly string[]): unknown =>
    written(d => {
      for (const row of rows) d.expression(row)
    })
  const long = (i: number): string => `${10n ** 3000n + BigInt(3 * i + 1)}/${3n ** 6_000n}`

  test('fractions, of which the common factors are looked for', () => {
    const above = 10n ** 49_990n
    const rows = [0n, 3n].map(k => `${above + k + 1n}/${3n ** 104_000n}`)
    expect(reason(numbers(rows))).toMatch(tooMuch)
  })

  test('whole numbers of 99,000 digits', () => {
    const rows = Array.from({ length: 60 }, (_, i) => `7${'1'.repeat(99_000)}${i}`)
    const result = check(numbers(rows), 20_000_000)
    expect(result).toMatchObject({ accepted: false, reason: expect.stringMatching(tooMuch) })
  })

  test('exponents that an axiom multiplies', () => {
    const document = written(d => {
      const [x, b, c] = [0, long(0), long(1)].map(row => d.expression(row))
      const steps = Array.from({ length: 500 }, () => ['axiom', 'power-split-positive', x, b, c])
      const lemma = d.lemma(x, x, ['(0, inf)'], d.proof({ equal: [] }, steps))
      const last = step('function', 'equality', 0, 0, { over: [0], ranges: ['(0, inf)'], lemmas: [lemma] })
      d.claim(proved([input('x', '(0, inf)'), output(0)], [output(0)], [last]))
    })
    expect(reason(document)).toMatch(tooMuch)
  })

  test('products of matrices', () => {
    const document = written(d => {
      const row = ['1', '2', '3'].map((_, i) => long(i).slice(0, 700).concat('/', '3'.padEnd(600, '7')))
      const [a, w] = [d.operator(['matrix', [row, row, row]]), d.operator(['weight', 'W', 3, 3, false, R, null])]
      let product = a
      for (let k = 0; k < 12; k++) product = d.operator(['product', product, product])
      const left = [input('x', R, [3]), additive(product, 0, null, [3]), output(1, 'y', [3])]
      const same = step('linear', 'equality', 1, 3, { over: [0] })
      d.claim(proved(left, [additive(w, 0, null, [3]), output(3, 'y', [3])], [same]))
    })
    expect(reason(document)).toMatch(/more work|lowest terms/)
  })
})
