// Orders and heights in general graphs by the layered layout of elkjs, which is loaded when it is first needed. Columns
// are ours, every wire runs from one column to the next, and each bundle of strands is one edge between two ports.
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js'
import { inletOf, outletOf, type Place, ROW_GAP, settle } from './layout.ts'

/** Above so many places elkjs takes seconds, and from about 10,000 on it overflows the stack. */
export const ELK_LIMIT = 700
/** Up to so many places elkjs orders them itself and places them exactly; above, in the order found here, and fast. */
const SMALL = 120

/**
 * Replaces the heights that `placeRows` found. With `keepOrder` the order in each column stays as it is (a picture that
 * continues another one). Gives false, and leaves everything as it is, where elkjs fails.
 */
export async function placeRowsByElk(columns: readonly Place[][], keepOrder: boolean): Promise<boolean> {
  const { default: Elk } = (await import('elkjs/lib/elk.bundled.js')) as unknown as { default: new () => ELK }
  const names = new Map<Place, string>()
  for (const column of columns) for (const place of column) names.set(place, `p${names.size}`)
  const edges: { id: string; sources: string[]; targets: string[] }[] = []
  const children = columns.flatMap((column, c) =>
    column.map((place): ElkNode => {
      const name = names.get(place) as string
      const { glyph } = place
      const ports = place.sources.map((source, k) => {
        edges.push({ id: `e${edges.length}`, sources: [`${names.get(source)}o`], targets: [`${name}i${k}`] })
        return {
          id: `${name}i${k}`,
          x: 0,
          y: inletOf(place, k) - glyph.top,
          width: 0,
          height: 0,
          layoutOptions: { 'elk.port.side': 'WEST' },
        }
      })
      ports.push({
        id: `${name}o`,
        x: 100,
        y: outletOf(place) - glyph.top,
        width: 0,
        height: 0,
        layoutOptions: { 'elk.port.side': 'EAST' },
      })
      // The x of interactive layering says the column.
      return {
        id: name,
        x: c * 1000,
        y: place.y + glyph.top,
        width: 100,
        height: glyph.bottom - glyph.top,
        ports,
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
      }
    }),
  )
  const small = names.size <= SMALL
  const layoutOptions = {
    'elk.algorithm': 'layered',
    'elk.direction': 'RIGHT',
    'elk.randomSeed': '1',
    'elk.separateConnectedComponents': 'false',
    'elk.spacing.nodeNode': `${ROW_GAP}`,
    'elk.layered.layering.strategy': 'INTERACTIVE',
    'elk.layered.cycleBreaking.strategy': 'INTERACTIVE',
    'elk.layered.crossingMinimization.strategy': keepOrder || !small ? 'INTERACTIVE' : 'LAYER_SWEEP',
    'elk.layered.considerModelOrder.strategy': 'PREFER_EDGES',
    'elk.layered.nodePlacement.strategy': small ? 'NETWORK_SIMPLEX' : 'LINEAR_SEGMENTS',
    'elk.layered.nodePlacement.favorStraightEdges': 'true',
  }
  let laidOut: ElkNode
  try {
    laidOut = await new Elk().layout({ id: 'net', layoutOptions, children, edges })
  } catch {
    return false
  }
  const heights = new Map((laidOut.children ?? []).map(child => [child.id, child.y ?? 0]))
  const height = (place: Place): number => (heights.get(names.get(place) as string) ?? 0) - place.glyph.top
  for (const column of columns) {
    column.sort((a, b) => height(a) - height(b))
    // What elkjs put into another column (a node without wires) must not overlap with anything here.
    settle(column, height)
  }
  return true
}
