// What shapes are painted like: a table from the classes of groups and figures to colours and lines of the theme. The style
// sheet of SVG files and the options of TikZ are both made from it.
import type { Figure } from './scene.ts'
import type { Theme, ThemeColour } from './themes.ts'

type Tag = 'path' | 'polygon' | 'circle' | 'rect' | 'text'

type Triangle = 'input' | 'output' | 'absorbedInput' | 'absorbedOutput'

interface Paint {
  readonly fill?: ThemeColour | 'none'
  readonly stroke?: ThemeColour | 'none'
  /** Of a triangle it is the theme's: rounded corners where the outline has the colour of the triangle, else a line. */
  readonly width?: number | Triangle
  /** Ends of lines: cut off where they end, or round (which is what is meant where nothing is said). */
  readonly cap?: 'butt' | 'round'
  readonly dash?: 'multiplicativeDash' | 'absorbedDash' | 'none'
}
interface Rule {
  readonly tag: Tag
  /** Classes that the group has, and one that the figure has; null for any. */
  readonly group: readonly string[]
  readonly figure: string | null
  readonly paint: Paint
}

/** The series of a plot that have a colour each; further ones begin again. */
export const SERIES = 6

const rule = (tag: Tag, group: string, figure: string | null, paint: Paint): Rule => ({
  tag,
  group: group.split(' ').filter(c => c !== ''),
  figure,
  paint,
})

/** Later rules win over earlier ones; those with more classes come later, so that style sheets read them alike. */
const RULES: readonly Rule[] = [
  rule('path', '', null, { fill: 'none', stroke: 'ink', width: 1.4, cap: 'round' }),
  rule('polygon', '', null, { fill: 'ink', stroke: 'none' }),
  rule('circle', '', null, { fill: 'ink', stroke: 'none' }),
  rule('rect', '', null, { fill: 'none', stroke: 'none' }),
  rule('text', '', null, { fill: 'ink', stroke: 'none' }),
  rule('path', '', 'multiplicative', { stroke: 'multiplicative', dash: 'multiplicativeDash' }),
  rule('path', '', 'additive', { stroke: 'additive' }),
  rule('path', '', 'bracket', { dash: 'none' }),
  rule('path', '', 'equals', { width: 2.4, cap: 'butt' }),
  rule('path', '', 'arrow', { stroke: 'muted' }),
  rule('path', '', 'frame', { stroke: 'muted', width: 2 }),
  rule('path', '', 'axis', { stroke: 'muted', width: 1, cap: 'butt' }),
  rule('path', '', 'guide', { stroke: 'muted', width: 1, cap: 'butt', dash: 'absorbedDash' }),
  ...Array.from({ length: SERIES }, (_, i) =>
    rule('path', '', `series${i + 1}`, { stroke: `series${i + 1}` as ThemeColour, width: 2.2 }),
  ),
  rule('path', '', 'wide', { width: 4.6 }),
  ...Array.from({ length: SERIES }, (_, i): Rule => {
    const colour = `series${i + 1}` as ThemeColour
    return rule('circle', '', `series${i + 1}`, { fill: colour, stroke: colour, width: 1.8 })
  }),
  rule('circle', '', 'hollow', { fill: 'background' }),
  rule('circle', '', 'circle', { fill: 'function', stroke: 'edge', width: 1.4 }),
  rule('rect', '', 'circle', { fill: 'function', stroke: 'edge', width: 1.4 }),
  rule('rect', '', 'whole', { fill: 'function', stroke: 'edge', width: 1.4 }),
  rule('rect', '', 'square', { fill: 'constant', stroke: 'edge', width: 1.4 }),
  rule('rect', '', 'halo', { fill: 'highlight', stroke: 'highlightEdge', width: 1.5 }),
  rule('rect', '', 'matched', { fill: 'none', stroke: 'highlightEdge', width: 3 }),
  rule('rect', '', 'layer', { fill: 'background', stroke: 'ink', width: 1.4 }),
  rule('rect', '', 'multiplicative-layer', { stroke: 'multiplicative', dash: 'multiplicativeDash' }),
  rule('rect', '', 'input-layer', { fill: 'input', stroke: 'inputEdge' }),
  rule('rect', '', 'output-layer', { fill: 'output', stroke: 'outputEdge' }),
  rule('rect', '', 'fold', { fill: 'none', stroke: 'muted', width: 1.4, dash: 'absorbedDash' }),
  rule('text', '', 'size', { fill: 'muted' }),
  rule('polygon', '', 'arrowhead', { fill: 'muted' }),
  rule('text', '', 'multiplicative', { fill: 'multiplicative' }),
  rule('text', '', 'additive', { fill: 'additive' }),
  rule('text', '', 'count', { fill: 'muted' }),
  rule('text', '', 'tick', { fill: 'muted' }),
  rule('polygon', 'input', 'triangle', { fill: 'input', stroke: 'inputEdge', width: 'input' }),
  rule('polygon', 'output', 'triangle', { fill: 'output', stroke: 'outputEdge', width: 'output' }),
  rule('polygon', 'input absorbed', 'triangle', {
    fill: 'absorbedInput',
    stroke: 'absorbedInputEdge',
    width: 'absorbedInput',
    dash: 'absorbedDash',
  }),
  rule('polygon', 'output absorbed', 'triangle', {
    fill: 'absorbedOutput',
    stroke: 'absorbedOutputEdge',
    width: 'absorbedOutput',
    dash: 'absorbedDash',
  }),
]

const TAGS: Readonly<Record<Figure['kind'], Tag>> = {
  strokes: 'path',
  wires: 'path',
  polygon: 'polygon',
  circle: 'circle',
  box: 'rect',
  text: 'text',
}

/** What a figure is painted like: colours as `#rrggbb` or null for none, the lengths of dashes or an empty list. */
export interface Painted {
  readonly fill: string | null
  readonly stroke: string | null
  readonly width: number
  readonly cap: 'butt' | 'round'
  readonly dash: readonly number[]
}

export function paintOf(figure: Figure, groupClass: string, theme: Theme): Painted {
  const groups = new Set(groupClass.split(' '))
  const classes = new Set(figure.class.split(' '))
  const tag = TAGS[figure.kind]
  let paint: Paint = {}
  for (const r of RULES) {
    if (r.tag === tag && r.group.every(c => groups.has(c)) && (r.figure === null || classes.has(r.figure)))
      paint = { ...paint, ...r.paint }
  }
  const colour = (c: ThemeColour | 'none' | undefined): string | null => {
    const value = c === undefined || c === 'none' ? 'none' : theme.colours[c]
    return value === 'none' || value === 'transparent' ? null : value
  }
  const dash = paint.dash === undefined || paint.dash === 'none' ? 'none' : theme[paint.dash]
  return {
    fill: colour(paint.fill),
    stroke: colour(paint.stroke),
    width: typeof paint.width === 'string' ? triangleWidth(paint.width, theme) : (paint.width ?? 1),
    cap: paint.cap ?? 'round',
    dash: dash === 'none' ? [] : dash.split(' ').map(Number),
  }
}

function triangleWidth(triangle: Triangle, { colours }: Theme): number {
  return colours[triangle] === colours[`${triangle}Edge`] ? 3 : 1.4
}

const FAMILIES = {
  serif: '"Noto Serif", Merriweather, "DejaVu Serif", Georgia, "Times New Roman", serif',
  sans: 'Arimo, Arial, "Liberation Sans", Helvetica, "DejaVu Sans", sans-serif',
  signs: '"Noto Sans Math", "STIX Two Math", "Cambria Math", "DejaVu Sans", sans-serif',
}

/** Custom properties are named after what they colour: `--netproof-multiplicative`. */
function property(name: string): string {
  return `--netproof-${name.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`)}`
}

/** The style sheet: the theme as custom properties, which a page may set anew, and the rules that use them. */
export function styleSheet(theme: Theme): string {
  const value = (v: ThemeColour | 'none' | 'multiplicativeDash' | 'absorbedDash'): string =>
    v === 'none' ? 'none' : `var(${property(v)})`
  const properties = [
    ...Object.entries(theme.colours).map(([name, colour]) => `${property(name)}: ${colour}`),
    ...(['input', 'output', 'absorbedInput', 'absorbedOutput'] as const).map(
      t => `${property(`${t}Width`)}: ${triangleWidth(t, theme)}`,
    ),
    `${property('multiplicativeDash')}: ${theme.multiplicativeDash}`,
    `${property('absorbedDash')}: ${theme.absorbedDash}`,
  ]
  const rules = RULES.map(({ tag, group, figure, paint }) => {
    const selector = `.netproof ${group.length === 0 ? '' : `.${group.join('.')} `}${tag}${figure === null ? '' : `.${figure}`}`
    const set = [
      ...(paint.fill === undefined ? [] : [`fill: ${value(paint.fill)}`]),
      ...(paint.stroke === undefined ? [] : [`stroke: ${value(paint.stroke)}`]),
      ...(paint.width === undefined
        ? []
        : [
            `stroke-width: ${typeof paint.width === 'string' ? `var(${property(`${paint.width}Width`)})` : paint.width}`,
          ]),
      ...(paint.cap === undefined ? [] : [`stroke-linecap: ${paint.cap}`]),
      ...(paint.dash === undefined ? [] : [`stroke-dasharray: ${value(paint.dash)}`]),
    ]
    return `${selector} { ${set.join('; ')} }`
  })
  return [
    `.netproof-${theme.name} { ${properties.join('; ')} }`,
    '.netproof path, .netproof polygon { stroke-linejoin: round }',
    ...rules,
    `.netproof text { font-family: ${FAMILIES.serif}; font-kerning: none }`,
    `.netproof text.sans { font-family: ${FAMILIES.sans} }`,
    `.netproof .signs { font-family: ${FAMILIES.signs} }`,
    `.netproof .background { fill: ${value('background')} }`,
  ].join('\n')
}
