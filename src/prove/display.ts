// Rules as pictures show them: equations of two nets whose ends are open, since a rule speaks of a part of a net.
import { type Diagram, OPEN_END } from '../diagram/diagram.ts'
import { type Size, sizeOf, substituteSize } from '../linear/size.ts'
import type { Rule } from '../rewrite/rule.ts'
import { apply, type Expression, x0 } from '../scalar/expression.ts'
import { anyFunction } from '../scalar/functions.ts'
import { NO_CHOICES, noUnknowns, type Sides, WIDTH, writeOut } from './statement.ts'

/** The net with open ends where a rule's chain begins (its input has a name that no net can have) and where it ends. */
export function withOpenEnds(net: Diagram): Diagram {
  return {
    ...net,
    nodes: net.nodes.map(n =>
      (n.kind === 'input' && n.name === 'input') || n.kind === 'output' ? { ...n, name: OPEN_END } : n,
    ),
  }
}

/** The two sides of a rule for a picture; null where the rule is no equation of two nets, whatever its variables are. */
export function sidesOfRule(rule: Rule): Sides | null {
  const plain = writeOut(rule)
  // What speaks of inverses is shown for functions that have one.
  const written = plain.kind === 'written' ? plain : writeOut(rule, noUnknowns(), invertible(rule))
  if (written.kind === 'beyond') return null
  return { left: forPicture(written.left), right: forPicture(written.right) }
}

function invertible(rule: Rule): typeof NO_CHOICES {
  const functions = new Map<string, Expression>()
  for (const { name } of rule.variables.functions) {
    const [fn, inverse] = [anyFunction(name, 1), anyFunction(`${name}^-1`, 1)]
    fn.inverse = inverse
    inverse.inverse = fn
    functions.set(name, apply(fn, x0))
  }
  return { ...NO_CHOICES, functions }
}

/** Functions act on every component alike: where a rule leaves the width open and has nothing else, one wire is shown. */
function forPicture(net: Diagram): Diagram {
  const open = withOpenEnds(net)
  if (!open.nodes.every(n => n.kind === 'input' || n.kind === 'output' || n.kind === 'pointwise')) return open
  const one = (size: Size): Size => substituteSize(size, name => (name === WIDTH ? sizeOf(1) : undefined))
  const nodes = open.nodes.map(n => ({ ...n, shape: n.shape.map(one) }))
  const [first, last] = nodes
  if (nodes.length !== 2 || last.kind !== 'output') return { ...open, nodes }
  // Nothing at all is a wire, as long as a function.
  const wire = { kind: 'pointwise' as const, id: last.id + 1, args: [first.id], shape: first.shape, fn: x0 }
  return { ...open, nodes: [first, wire, { ...last, args: [wire.id] }] }
}
