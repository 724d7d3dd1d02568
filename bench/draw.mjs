// What drawing takes: chains, layered graphs and random graphs from 10 to 10,000 nodes, beside elkjs alone, dagre and graphviz
// (WebAssembly) on the same graphs, which lay out boxes and draw nothing; how stable pictures are from frame to frame; and how
// many bytes of SVG a node takes. The peers are no dependencies of the package: they are installed into bench/peers when they are
// not there (`-- --no-install` leaves them out). A peer that takes longer than its time is given up, and so are its larger graphs.
// Run: npm run bench:draw [-- --no-install]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build, draw, expression, framesOf } from '../dist/index.mjs'

const SIZES = [10, 100, 300, 1000, 3000, 10_000]
const SECONDS = 20
const peersFolder = fileURLToPath(new URL('peers/', import.meta.url))
const PEERS = ['elkjs', 'dagre', 'graphviz']

function numbers(seed) {
  let state = seed
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** For every node the nodes that it reads: a chain, layers of five, or nodes that read any of the twenty before them. */
const KINDS = {
  chain: n => Array.from({ length: n }, (_, i) => (i === 0 ? [] : [i - 1])),
  layered: n => {
    const next = numbers(1)
    return Array.from({ length: n }, (_, i) => {
      const layer = Math.floor(i / 5)
      return layer === 0 ? [] : [(layer - 1) * 5 + next(5), (layer - 1) * 5 + (i % 5)]
    })
  },
  random: n => {
    const next = numbers(2)
    return Array.from({ length: n }, (_, i) =>
      i === 0 ? [] : Array.from({ length: 1 + next(2) }, () => Math.max(0, i - 1 - next(Math.min(i, 20)))),
    )
  },
}

/** The graph as a net: what reads nothing is an input, what is not read an output. */
function netOf(reads) {
  const { fn, input, net, pointwise } = build
  const { call, variable } = expression
  const sum = call('+', variable(0), variable(1))
  const inputs = {}
  for (const [i, r] of reads.entries()) if (r.length === 0) inputs[`x${i}`] = input(3)
  const used = new Set(reads.flat())
  return net(inputs, given => {
    const wires = []
    for (const [i, r] of reads.entries()) {
      if (r.length === 0) wires.push(given[`x${i}`])
      else if (r.length === 1 || r[0] === r[1]) wires.push(wires[r[0]].pipe(fn('exp')))
      else wires.push(pointwise(sum, wires[r[0]], wires[r[1]]))
    }
    return Object.fromEntries(wires.flatMap((w, i) => (used.has(i) ? [] : [[`y${i}`, w]])))
  })
}

/** One measurement in a process of its own: `node draw.mjs --one PEER KIND N` prints milliseconds. */
async function one(peer, kind, n) {
  const reads = KINDS[kind](n)
  const edges = reads.flatMap((r, i) => r.map(j => [j, i]))
  const require = createRequire(new URL('peers/', import.meta.url))
  const box = { width: 46, height: 214 }
  let work
  if (peer === 'elkjs') {
    const Elk = createRequire(import.meta.url)('elkjs/lib/elk.bundled.js')
    const elk = new Elk()
    const graph = {
      id: 'g',
      layoutOptions: { 'elk.algorithm': 'layered', 'elk.direction': 'RIGHT' },
      children: reads.map((_, i) => ({ id: `n${i}`, ...box })),
      edges: edges.map(([a, b], i) => ({ id: `e${i}`, sources: [`n${a}`], targets: [`n${b}`] })),
    }
    work = () => elk.layout(graph)
  } else if (peer === 'dagre') {
    const { graphlib, layout } = require('@dagrejs/dagre')
    const graph = new graphlib.Graph({ multigraph: true })
    graph.setGraph({ rankdir: 'LR' })
    graph.setDefaultEdgeLabel(() => ({}))
    for (const i of reads.keys()) graph.setNode(`n${i}`, { ...box })
    for (const [i, [a, b]] of edges.entries()) graph.setEdge(`n${a}`, `n${b}`, {}, `e${i}`)
    work = () => layout(graph)
  } else {
    const { Graphviz } = await import(require.resolve('@hpcc-js/wasm-graphviz'))
    const graphviz = await Graphviz.load()
    const dot = `digraph { rankdir=LR; node [shape=box, width=0.64, height=2.97]; ${edges.map(([a, b]) => `n${a} -> n${b};`).join(' ')} }`
    work = () => graphviz.layout(dot, 'json', 'dot')
  }
  const start = performance.now()
  await work()
  console.log(Math.round(performance.now() - start))
}

/** The milliseconds of a peer, or why there are none. */
function measured(peer, kind, n) {
  const { status, stdout, signal } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), '--one', peer, kind, `${n}`],
    { timeout: SECONDS * 1000, encoding: 'utf8' },
  )
  if (signal !== null) return `over ${SECONDS} s`
  return status === 0 ? Number(stdout) : 'fails'
}

/** The share of pairs in one column that swap sides when a node is put into a graph. */
async function swaps(n) {
  const reads = KINDS.random(n)
  const middle = Math.floor(n / 2)
  // The same graph with one more function behind a node in the middle; the others keep their numbers.
  const before = netOf(reads)
  const target = before.nodes.filter(node => node.kind === 'pointwise')[middle]
  const fresh = Math.max(...before.nodes.map(node => node.id)) + 1
  const added = {
    ...before.nodes.find(node => node.kind === 'pointwise' && node.args.length === 1),
    id: fresh,
    args: [target.id],
  }
  const nodes = before.nodes.flatMap(node => {
    const moved =
      node.id === target.id || !node.args.includes(target.id)
        ? node
        : { ...node, args: node.args.map(a => (a === target.id ? fresh : a)) }
    return node.id === target.id ? [node, added] : [moved]
  })
  const after = { ...before, nodes }
  const frames = await framesOf({
    stages: [
      { caption: '', diagram: before },
      { caption: '', diagram: after },
    ],
  })
  const [first, second] = frames.map(
    f =>
      new Map(
        f.scene.groups
          .filter(g => /^s\d+-n\d+$/.test(g.id))
          .map(g => {
            const c = g.figures.find(x => x.kind === 'circle' || x.kind === 'polygon')
            const [x, y] = c === undefined ? [0, 0] : (c.center ?? c.points[1])
            return [g.id.replace(/^s\d+-/, ''), { x, y }]
          }),
      ),
  )
  let [pairs, swapped] = [0, 0]
  const ids = [...second.keys()].filter(id => first.has(id))
  ids.forEach((a, i) => {
    for (const b of ids.slice(i + 1)) {
      const [p, q, r, s] = [first.get(a), first.get(b), second.get(a), second.get(b)]
      if (Math.abs(p.x - q.x) > 1 || Math.abs(r.x - s.x) > 1) continue
      pairs++
      if (p.y < q.y !== r.y < s.y) swapped++
    }
  })
  return pairs === 0 ? 0 : swapped / pairs
}

const [flag, ...rest] = process.argv.slice(2)
if (flag === '--one') await one(rest[0], rest[1], Number(rest[2]))
else {
  if (flag !== '--no-install' && !existsSync(`${peersFolder}node_modules/@dagrejs/dagre`)) {
    try {
      execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
        cwd: peersFolder,
        stdio: 'inherit',
      })
    } catch {
      console.log('The peers could not be installed: they are left out.')
    }
  }
  const has = peer =>
    peer === 'elkjs' ||
    existsSync(`${peersFolder}node_modules/${peer === 'dagre' ? '@dagrejs/dagre' : '@hpcc-js/wasm-graphviz'}`)
  await draw(netOf(KINDS.layered(10)))
  console.log('milliseconds: netproof lays out and prints SVG, the others lay out\n')
  console.log(
    `${'graph'.padEnd(8)}${'nodes'.padStart(7)}${['netproof', ...PEERS].map(p => p.padStart(14)).join('')}${'bytes/node'.padStart(12)}`,
  )
  for (const kind of Object.keys(KINDS)) {
    const given = new Set()
    for (const n of SIZES) {
      const net = netOf(KINDS[kind](n))
      const start = performance.now()
      const svg = await draw(net)
      const own = Math.round(performance.now() - start)
      const others = PEERS.map(peer => {
        if (!has(peer)) return 'not installed'
        if (given.has(peer)) return '-'
        const answer = measured(peer, kind, n)
        if (typeof answer === 'string') given.add(peer)
        return answer
      })
      console.log(
        `${kind.padEnd(8)}${`${n}`.padStart(7)}${[own, ...others].map(t => `${t}`.padStart(14)).join('')}${`${Math.round(svg.length / net.nodes.length)}`.padStart(12)}`,
      )
    }
  }
  console.log('\nneighbours in a column that swap sides when a node is put into a random graph:')
  for (const n of [30, 100, 300, 1000])
    console.log(`${`${n}`.padStart(7)} nodes ${(100 * (await swaps(n))).toFixed(2)} %`)
}
