// A proof that was found, as a series of nets from one to the other. A net is made by choosing one term of each class; whatever
// is chosen, it is equal to the two nets. So every net here is right; what the series tells is which equality was used when.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { inputsOf, outputsOf } from '../diagram/diagram.ts'
import type { TermId } from './egraph.ts'
import { contentKey } from './instances.ts'
import type { Equality } from './reasons.ts'
import type { Found } from './search.ts'

/** An equality that was used, and the net after it. */
export interface FoundStage {
  readonly rule: string
  readonly title: string
  /** The node at which the net has changed. */
  readonly at: NodeId
  readonly diagram: Diagram
}

/** A series with more uses of equalities is not told. */
const MOST_USES = 400

/**
 * The nets that lead from the left net of a proof to the right one, without the first. It ends with a net that is like `right`
 * but for the numbers of its nodes; where the way is too long to be told, that is all of it.
 */
export function stagesOfFound(found: Found, left: Diagram, right: Diagram): FoundStage[] {
  const told = new Teller(found, left).tell()
  if (told !== null) return told
  const titles = new Set<string>()
  for (const e of found.equalities) if (e.by !== 'congruence') titles.add(e.title)
  return [{ rule: 'equality', title: [...titles].join(', '), at: lastNode(right), diagram: right }]
}
function lastNode(net: Diagram): NodeId {
  return outputsOf(net)[0].args[0]
}

interface Edge {
  readonly to: TermId
  readonly equality: Equality
}

class Teller {
  private readonly root = new Map<TermId, TermId>()
  private readonly edges = new Map<TermId, Edge[]>()
  /** By class, the term that is chosen. */
  private readonly chosen = new Map<TermId, TermId>()
  /** By class, the number of its node in the nets of the series. */
  private readonly ids = new Map<TermId, NodeId>()
  private readonly stages: FoundStage[] = []
  private last: string
  /** What has been used since the last net: of some equalities a net with one term of each class shows nothing. */
  private pending: string[] = []
  private uses = 0

  constructor(
    private readonly found: Found,
    private readonly left: Diagram,
  ) {
    for (const equality of found.equalities) {
      const [p, q] = [this.classOf(equality.left), this.classOf(equality.right)]
      if (p !== q) this.root.set(p, q)
      this.link(equality.left, equality.right, equality)
      this.link(equality.right, equality.left, equality)
    }
    for (const { term, side, node } of found.placed) {
      if (side !== 'left') continue
      this.ids.set(this.classOf(term), node)
      this.choose(term)
    }
    this.last = this.key()
  }

  /** null: the series is too long, or goes in circles. */
  tell(): FoundStage[] | null {
    const { found } = this
    for (const [, end] of found.ends) if (!this.goTo(end)) return null
    const goal = found.placed.filter(p => p.side === 'right').toReversed()
    for (const { term } of goal) if (this.isUsed(term) && !this.goTo(term)) return null
    return goal.every(({ term }) => !this.isUsed(term) || this.isChosen(term)) ? this.stages : null
  }

  private classOf(term: TermId): TermId {
    let root = term
    for (let next = this.root.get(root); next !== undefined; next = this.root.get(root)) root = next
    if (root !== term) this.root.set(term, root)
    return root
  }
  private link(from: TermId, to: TermId, equality: Equality): void {
    const list = this.edges.get(from)
    if (list === undefined) this.edges.set(from, [{ to, equality }])
    else list.push({ to, equality })
  }
  private choose(term: TermId): void {
    this.chosen.set(this.classOf(term), term)
  }
  private chosenFor(term: TermId): TermId {
    return this.chosen.get(this.classOf(term)) ?? term
  }

  /** Whether the term, or one that does the same to the same wires, is the chosen one of its class. */
  private isChosen(term: TermId): boolean {
    const [a, b] = [term, this.chosenFor(term)].map(t => this.found.node(t))
    const isSame =
      a.args.length === b.args.length && a.args.every((x, k) => this.classOf(x) === this.classOf(b.args[k]))
    return isSame && contentKey(a) === contentKey(b)
  }

  /** The equalities on the way from the chosen term of a class to this one. */
  private path(term: TermId): Edge[] {
    const start = this.chosenFor(term)
    const before = new Map<TermId, { from: TermId; edge: Edge } | null>([[start, null]])
    const queue = [start]
    for (let k = 0; k < queue.length && !before.has(term); k++) {
      for (const edge of this.edges.get(queue[k]) ?? []) {
        if (before.has(edge.to)) continue
        before.set(edge.to, { from: queue[k], edge })
        queue.push(edge.to)
      }
    }
    const path: Edge[] = []
    for (let at = before.get(term); at !== null && at !== undefined; at = before.get(at.from)) path.unshift(at.edge)
    return path
  }

  /** Makes the term the chosen one of its class, on the way along which it was found to be equal. False: too long. */
  private goTo(term: TermId): boolean {
    // Terms that are to be chosen, the next one last; and edges that are to be gone when what they look through is chosen.
    const todo: ({ readonly term: TermId } | { readonly edge: Edge })[] = [{ term }]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      if (++this.uses > MOST_USES) return false
      if ('edge' in next) {
        this.take(next.edge)
        continue
      }
      const path = this.path(next.term)
      if (path.length === 0) {
        this.choose(next.term)
        continue
      }
      // One step at a time: on the way, other classes may get other terms.
      const [edge] = path
      if (path.length > 1) todo.push(next)
      todo.push({ edge })
      const { equality, to } = edge
      const below = to === equality.right ? equality.inner : equality.made
      for (const inner of below) if (this.chosenFor(inner) !== inner) todo.push({ term: inner })
    }
    return true
  }

  private take({ to, equality }: Edge): void {
    for (const term of to === equality.right ? equality.made : equality.inner) this.choose(term)
    this.choose(to)
    if (equality.by !== 'congruence' && !this.pending.includes(equality.title)) this.pending.push(equality.title)
    const key = this.key()
    const diagram = key === this.last ? null : this.net()
    if (diagram === null) return
    this.last = key
    const title = this.pending.length === 0 ? equality.title : this.pending.join(', ')
    this.pending = []
    this.stages.push({ rule: equality.rule, title, at: this.id(this.classOf(to)), diagram })
  }

  private id(c: TermId): NodeId {
    let found = this.ids.get(c)
    if (found === undefined) {
      const taken = this.ids.size === 0 ? [] : [...this.ids.values(), ...this.left.nodes.map(n => n.id)]
      this.ids.set(c, (found = Math.max(-1, ...taken) + 1))
    }
    return found
  }

  /** The chosen terms on the way to the outputs, each after those below it; null where they go in circles. */
  private order(): TermId[] | null {
    const order: TermId[] = []
    const state = new Map<TermId, 'open' | 'done'>()
    const stack = this.found.ends.map(([l]) => this.chosenFor(l)).toReversed()
    for (let t = stack.at(-1); t !== undefined; t = stack.at(-1)) {
      const c = this.classOf(t)
      if (state.get(c) === undefined) {
        state.set(c, 'open')
        for (const arg of this.found.node(t).args.toReversed()) {
          const below = this.chosenFor(arg)
          const known = state.get(this.classOf(below))
          if (known === 'open') return null
          if (known === undefined) stack.push(below)
        }
        continue
      }
      stack.pop()
      if (state.get(c) === 'open') order.push(t)
      state.set(c, 'done')
    }
    return order
  }
  private key(): string {
    const text = (t: TermId): string => {
      const node = this.found.node(t)
      return `${this.classOf(t)}=${contentKey(node)}(${node.args.map(a => this.classOf(a)).join()})`
    }
    return this.order()?.map(text).join(';') ?? 'a circle'
  }
  /** Whether the class of a term is part of the net now; any may be while the net goes in circles. */
  private isUsed(term: TermId): boolean {
    const c = this.classOf(term)
    return this.order()?.some(t => this.classOf(t) === c) ?? true
  }

  private net(): Diagram | null {
    const order = this.order()
    if (order === null) return null
    const inner = order.filter(t => this.found.node(t).kind !== 'input')
    const inputs = inputsOf(this.left)
    const nodes = inner.map(t => {
      const node = this.found.node(t)
      const args = node.args.map(a => this.id(this.classOf(a)))
      return { ...node, id: this.id(this.classOf(t)), args } as Node
    })
    const outputs = outputsOf(this.left).map((node, k) => {
      const [end] = this.found.ends[k]
      return { ...node, args: [this.id(this.classOf(end))] }
    })
    return { ...this.left, nodes: [...inputs, ...nodes, ...outputs] }
  }
}
