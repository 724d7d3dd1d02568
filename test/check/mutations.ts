// Every single change of a JSON document that somebody might try: each number, word, set, name, list and field, one at a time.
import { type Random, random } from '../syntax/generate.ts'

export type Mutable = { [key: string | number]: unknown }

/** A change of one place: `holder[key]` becomes `value` (REMOVED: is no more there). */
export interface Mutation {
  readonly place: string
  readonly holder: Mutable
  readonly key: string | number
  readonly value: unknown
}
export const REMOVED = Symbol('removed')

/** Words of which one may stand where another does. */
const ROLES: readonly (readonly string[])[] = [
  ['proved', 'refuted', 'undecided', 'assumed'],
  ['function', 'linear', 'congruence', 'definition', 'pool', 'theorem', 'assumption'],
  ['left', 'right', 'both'],
  ['forward', 'backward'],
  ['max', 'min'],
  ['increasing', 'decreasing'],
  ['odd', 'even'],
  ['<', '<=', '==', '!='],
  ['+', '-', '*', '/', '^'],
  ['exp', 'ln', 'sqrt', 'abs', 'neg', 'relu', 'sign', 'sigmoid', 'tanh', 'softplus'],
  ['arithmetic', 'fact', 'odd', 'even', 'inverse', 'axiom'],
  ['sign', 'monotone'],
  ['identity', 'zero', 'ones', 'select', 'embed', 'product', 'sum', 'scale', 'matrix', 'weight'],
  [
    'input',
    'output',
    'constant',
    'pointwise',
    'additive',
    'multiplicative',
    'join',
    'slice',
    'reduce',
    'softmax',
    'mix',
  ],
]

/** Wider, narrower and other sets: ends closed, opened, moved and taken away. */
function otherRanges(text: string): string[] {
  const found = ['(-inf, inf)', '{}', '[0, inf)', '(0, inf)']
  const match = /^([[(])([^,]+), ([^)\]]+)([)\]])$/.exec(text)
  if (match !== null) {
    const [, open, low, high, close] = match
    found.push(
      `[${low}, ${high}${close}`,
      `(${low}, ${high}${close}`,
      `${open}${low}, ${high}]`,
      `${open}${low}, ${high})`,
    )
    found.push(`(-inf, ${high}${close}`, `${open}${low}, inf)`)
  }
  const pieces = text.split(' | ')
  if (pieces.length > 1) for (const i of pieces.keys()) found.push(pieces.filter((_, k) => k !== i).join(' | '))
  return found
}

function otherTexts(text: string, names: readonly string[], r: Random): string[] {
  const found: string[] = []
  if (/^-?\d+(\/\d+)?$/.test(text)) {
    const [n, d] = text.split('/')
    const other = (k: bigint): string => `${BigInt(n) + k}${d === undefined ? '' : `/${d}`}`
    found.push(other(1n), other(-1n), text.startsWith('-') ? text.slice(1) : `-${text}`, '0', '1')
  }
  if (/^[[({]/.test(text)) found.push(...otherRanges(text))
  for (const role of ROLES) if (role.includes(text)) found.push(...role)
  if (names.includes(text)) found.push(names[r.below(names.length)], `${text}_`)
  if (found.length === 0) found.push(`${text}_`, '')
  return found
}

function otherLists(list: readonly unknown[]): unknown[][] {
  const found: unknown[][] = []
  for (const i of list.keys()) {
    found.push(list.toSpliced(i, 1), list.toSpliced(i, 0, list[i]))
    if (i > 0) found.push(list.with(i, list[i - 1]).with(i - 1, list[i]))
  }
  return found
}

/** All changes of a document, in an order that depends on nothing else. `names` are words that it uses as names. */
export function mutations(document: Mutable, names: readonly string[], seed: number): Mutation[] {
  const r = random(seed)
  const found: Mutation[] = []
  const todo: { holder: Mutable; key: string | number; place: string }[] = []
  const enter = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) return
    const holder = value as Mutable
    for (const key of Array.isArray(value) ? value.keys() : Object.keys(value))
      todo.push({ holder, key, place: `${place}/${key}` })
  }
  enter(document, '')
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { holder, key, place } = next
    const old = holder[key]
    const change = (value: unknown): void => {
      if (value !== old) found.push({ place, holder, key, value })
    }
    if (!Array.isArray(holder)) change(REMOVED)
    if (typeof old === 'number') for (const value of [old + 1, old - 1, 0, r.below(2 * old + 3)]) change(value)
    else if (typeof old === 'boolean') change(!old)
    else if (typeof old === 'string') for (const value of new Set(otherTexts(old, names, r))) change(value)
    else if (old === null) for (const value of [0, 'increasing', 'even', []]) change(value)
    else if (Array.isArray(old)) for (const value of otherLists(old)) change(value)
    enter(old, place)
  }
  return found
}

/** Does something with the document as it is after the change, and changes it back. */
export function withMutation<T>({ holder, key, value }: Mutation, use: () => T): T {
  const old = holder[key]
  if (value === REMOVED) delete holder[key]
  else holder[key] = value
  try {
    return use()
  } finally {
    holder[key] = old
  }
}

/** Two nets that change places, wherever two claims have nets, and the two nets of one claim. */
export function exchangedNets(document: Mutable): Mutation[] {
  const claims = document.claims as Mutable[]
  return claims.flatMap((claim, i): Mutation[] => {
    const own = { ...claim, leftNet: claim.rightNet, rightNet: claim.leftNet }
    const others = claims.filter(other => other !== claim).map(other => ({ ...claim, rightNet: other.rightNet }))
    return [own, ...others].map(value => ({ place: `/claims/${i}`, holder: document.claims as Mutable, key: i, value }))
  })
}
