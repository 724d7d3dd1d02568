// What can be said against a rule without an engine: names that mean nothing, and right sides that come from nowhere.
import { declaredTwice, emptyCondition, trivialRule, unboundVariable } from '../diagnostic.ts'
import { KNOWN_FUNCTIONS, OPERATIONS, type Scope, spanAt, unknown } from './scope.ts'
import {
  type ConditionTree,
  type Identifier,
  namesIn,
  type RuleSide,
  type RuleTree,
  sizesOfDeclaration,
  type Term,
} from './tree.ts'

/** Words that mean something in every rule. */
const GIVEN = new Set(['pi', 'e', 'id', 'input', 'inf'])

/** Whether a rule is well-formed; what is not is reported. Names of the file may be used in it. */
export function checkRule(scope: Scope, rule: RuleTree): boolean {
  let sound = true
  const fail = (): void => {
    sound = false
  }
  const declared = new Map<string, Identifier>()
  const sizes = new Set<string>()
  for (const d of rule.declarations) {
    for (const n of d.names) {
      const first = declared.get(n.name)
      if (first !== undefined) {
        scope.report(declaredTwice(spanAt(scope, 0, n), n.name, spanAt(scope, 0, first)))
        fail()
      } else declared.set(n.name, n)
      if (d.kind === 'size') sizes.add(n.name)
    }
    // Sizes of a rule's own weights and wires need no declaration.
    for (const t of sizesOfDeclaration(d)) namesIn(t, n => sizes.add(n))
  }
  const isKnown = (name: string): boolean =>
    declared.has(name) ||
    sizes.has(name) ||
    GIVEN.has(name) ||
    OPERATIONS.has(name) ||
    KNOWN_FUNCTIONS.includes(name) ||
    scope.places.has(name)
  const candidates = [...declared.keys(), ...sizes, ...KNOWN_FUNCTIONS, ...OPERATIONS, ...scope.places.keys()]
  const check = (term: Term): void => {
    namesIn(term, (name, at) => {
      if (isKnown(name)) return
      unknown(scope, spanAt(scope, 0, { start: at.start, end: at.start + name.length }), 'variable', name, candidates)
      fail()
    })
  }
  for (const t of [...termsOf(rule.left), ...termsOf(rule.right)]) check(t)

  const bound = new Set<string>()
  for (const t of termsOf(rule.left)) namesIn(t, n => bound.add(n))
  // A matched weight or wire binds its sizes.
  for (const d of rule.declarations) {
    if (!d.names.some(n => bound.has(n.name))) continue
    for (const t of sizesOfDeclaration(d)) namesIn(t, n => bound.add(n))
  }
  const isVariable = (name: string): boolean => declared.has(name) || sizes.has(name)
  const unbound = new Set<string>()
  for (const t of termsOf(rule.right)) {
    namesIn(t, (name, at) => {
      if (!isVariable(name) || bound.has(name) || unbound.has(name)) return
      unbound.add(name)
      scope.report(unboundVariable(spanAt(scope, 0, { start: at.start, end: at.start + name.length }), name))
      fail()
    })
  }
  for (const c of rule.conditions) {
    let isEmpty = true
    for (const t of termsOfCondition(c)) {
      namesIn(t, (name, at) => {
        isEmpty = false
        const span = spanAt(scope, 0, { start: at.start, end: at.start + name.length })
        // Where wires are declared, no other one enters the rule.
        const isNoWire = name === 'input' && rule.left.first !== null
        if (!isKnown(name) || isNoWire || (isVariable(name) && !bound.has(name))) {
          scope.report(emptyCondition(span, name))
          fail()
        }
      })
    }
    if (!isEmpty) continue
    scope.report(emptyCondition(spanAt(scope, 0, c), null))
    fail()
  }
  if (isPlainWire(rule.left)) {
    scope.report(trivialRule(spanAt(scope, 0, rule.left)))
    fail()
  }
  return sound
}

function termsOfCondition(c: ConditionTree): readonly Term[] {
  switch (c.kind) {
    case 'property':
      return [{ kind: 'name', ...c.subject }]
    case 'size':
      return [c.left, c.right]
    case 'member':
      return c.domainOf === null ? [c.subject] : [c.subject, c.domainOf]
  }
}

function termsOf(side: RuleSide): readonly Term[] {
  return side.first === null ? side.stages : [side.first, ...side.stages]
}

function isPlainWire(side: RuleSide): boolean {
  const isName = (t: Term, id: boolean): boolean =>
    t.kind === 'group' ? isName(t.of, id) : t.kind === 'name' && (!id || t.name === 'id')
  return side.stages.every(s => isName(s, true)) && (side.first === null || isName(side.first, false))
}
