// Themes: the colours and lines that pictures are drawn with. Three come with netproof; others are read from JSON.

const COLOURS = [
  'background',
  'ink',
  'muted',
  'additive',
  'multiplicative',
  'input',
  'inputEdge',
  'output',
  'outputEdge',
  'absorbedInput',
  'absorbedInputEdge',
  'absorbedOutput',
  'absorbedOutputEdge',
  'function',
  'constant',
  'edge',
  'highlight',
  'highlightEdge',
  'series1',
  'series2',
  'series3',
  'series4',
  'series5',
  'series6',
] as const
const DASHES = ['multiplicativeDash', 'absorbedDash'] as const

/**
 * What has a colour: `ink` is that of wires and writing, `muted` that of arrows, frames and axes, `edge` that of the outlines of
 * circles and squares, `series1` to `series6` those of the curves of a plot. Triangles have outlines of their own.
 */
export type ThemeColour = (typeof COLOURS)[number]

export interface Theme {
  /** Letters, digits and hyphens: it is part of a class in the file. */
  readonly name: string
  /** Each `#rgb`, `#rrggbb`, or `none`. */
  readonly colours: Readonly<Record<ThemeColour, string>>
  /** Lengths of strokes and gaps in units of the picture (`6 4`), or `none` for unbroken lines. */
  readonly multiplicativeDash: string
  readonly absorbedDash: string
}

/** The colours of the post's pictures. */
const POST: Theme = {
  name: 'post',
  colours: {
    background: '#ffffff',
    ink: '#000000',
    muted: '#595959',
    additive: '#000000',
    multiplicative: '#9900ff',
    input: '#e06666',
    inputEdge: '#e06666',
    output: '#93c47d',
    outputEdge: '#93c47d',
    absorbedInput: '#f4cccc',
    absorbedInputEdge: '#f4cccc',
    absorbedOutput: '#d9ead3',
    absorbedOutputEdge: '#d9ead3',
    function: '#6fa8dc',
    constant: '#d9d9d9',
    edge: 'none',
    highlight: '#fff2cc',
    highlightEdge: '#f1c232',
    series1: '#5e81b5',
    series2: '#c88016',
    series3: '#6b8e23',
    series4: '#c0504d',
    series5: '#7b5ea7',
    series6: '#3d8f8b',
  },
  multiplicativeDash: 'none',
  absorbedDash: 'none',
}

/** For paper and grey: outlines instead of colours, multiplicative layers in broken lines. */
const PRINT: Theme = {
  name: 'print',
  colours: {
    background: '#ffffff',
    ink: '#000000',
    muted: '#4d4d4d',
    additive: '#000000',
    multiplicative: '#000000',
    input: '#d0d0d0',
    inputEdge: '#000000',
    output: '#ececec',
    outputEdge: '#000000',
    absorbedInput: '#ffffff',
    absorbedInputEdge: '#4d4d4d',
    absorbedOutput: '#ffffff',
    absorbedOutputEdge: '#4d4d4d',
    function: '#ffffff',
    constant: '#e4e4e4',
    edge: '#000000',
    highlight: '#e8e8e8',
    highlightEdge: '#6b6b6b',
    series1: '#000000',
    series2: '#8a8a8a',
    series3: '#4d4d4d',
    series4: '#737373',
    series5: '#262626',
    series6: '#666666',
  },
  multiplicativeDash: '7 4',
  absorbedDash: '3 4',
}

const DARK: Theme = {
  name: 'dark',
  colours: {
    background: '#17191d',
    ink: '#f0f0f0',
    muted: '#a8adb5',
    additive: '#f0f0f0',
    multiplicative: '#cb96ff',
    input: '#a83c3c',
    inputEdge: '#a83c3c',
    output: '#3f7a33',
    outputEdge: '#3f7a33',
    absorbedInput: '#5c3434',
    absorbedInputEdge: '#b58080',
    absorbedOutput: '#33502c',
    absorbedOutputEdge: '#86a87c',
    function: '#2c659e',
    constant: '#565b64',
    edge: 'none',
    highlight: '#453b15',
    highlightEdge: '#f1c232',
    series1: '#86aee6',
    series2: '#f0b050',
    series3: '#a5c75a',
    series4: '#ef8a80',
    series5: '#c0a5ee',
    series6: '#6fcfc9',
  },
  multiplicativeDash: 'none',
  absorbedDash: 'none',
}

export const THEMES: Readonly<Record<'post' | 'print' | 'dark', Theme>> = { post: POST, print: PRINT, dark: DARK }

/** What is wrong with a theme: which entry (null for the whole), why, and what would be right. */
export interface ThemeProblem {
  readonly entry: string | null
  readonly why: string
  readonly nearest?: readonly string[]
}

const KEYS: readonly string[] = ['name', 'base', ...COLOURS, ...DASHES]
const MAX_NAME = 40

/**
 * A theme from a document `{ "base": "print", "multiplicative": "#7a1fa2", "multiplicativeDash": "6 4" }`: what it does not
 * say is as in its base (`post`, where it names none). Gives the problems where there are any, all of them.
 */
export function readTheme(json: unknown, name = 'own'): Theme | readonly ThemeProblem[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return [{ entry: null, why: 'it has to be an object, such as { "base": "print", "multiplicative": "#7a1fa2" }' }]
  const problems: ThemeProblem[] = []
  let base: Theme = POST
  let named = name
  const colours: Partial<Record<ThemeColour, string>> = {}
  const dashes: Partial<Record<(typeof DASHES)[number], string>> = {}
  for (const [key, value] of Object.entries(json)) {
    const wrong = (why: string, nearest?: readonly string[]): void => void problems.push({ entry: key, why, nearest })
    if (key === 'name') {
      if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9-]*$/.test(value) && value.length <= MAX_NAME) named = value
      else wrong(`a name has up to ${MAX_NAME} letters, digits and hyphens`)
    } else if (key === 'base') {
      if (typeof value === 'string' && Object.hasOwn(THEMES, value)) base = THEMES[value as keyof typeof THEMES]
      else wrong(`a base is one of ${Object.keys(THEMES).join(', ')}`)
    } else if (COLOURS.includes(key as ThemeColour)) {
      const colour = readColour(value)
      if (colour === null) wrong('a colour is written "#rgb" or "#rrggbb", or "none"')
      else if (colour === 'none' && NEEDED.has(key)) wrong('this needs a colour, or nothing of it would be seen')
      else colours[key as ThemeColour] = colour
    } else if (DASHES.includes(key as (typeof DASHES)[number])) {
      if (typeof value === 'string' && isDash(value)) dashes[key as (typeof DASHES)[number]] = value
      else wrong('lengths of strokes and gaps are written "6 4" (2 to 8 numbers from 0.5 to 100), or "none"')
    } else wrong('there is no such entry', KEYS)
  }
  if (problems.length > 0) return problems
  return {
    name: named,
    colours: { ...base.colours, ...colours },
    multiplicativeDash: dashes.multiplicativeDash ?? base.multiplicativeDash,
    absorbedDash: dashes.absorbedDash ?? base.absorbedDash,
  }
}

/** Lines and writing cannot do without a colour; fills and outlines can. */
const NEEDED: ReadonlySet<string> = new Set([
  'ink',
  'muted',
  'additive',
  'multiplicative',
  'series1',
  'series2',
  'series3',
  'series4',
  'series5',
  'series6',
])

function readColour(value: unknown): string | null {
  if (value === 'none') return value
  if (typeof value !== 'string' || !/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value)) return null
  const digits = value.slice(1).toLowerCase()
  return `#${digits.length === 3 ? [...digits].map(d => d + d).join('') : digits}`
}

function isDash(value: string): boolean {
  if (value === 'none') return true
  const lengths = value.split(' ')
  return (
    lengths.length >= 2 &&
    lengths.length <= 8 &&
    lengths.every(l => /^\d{1,3}(?:\.\d{1,2})?$/.test(l) && Number(l) >= 0.5 && Number(l) <= 100)
  )
}

/** The contrast of two colours `#rrggbb`, from 1 (none) to 21 (black on white), by the formula of WCAG 2.2. */
export function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map(i => {
      const part = Number.parseInt(colour.slice(i, i + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

/** The least contrast of writing, and of lines, against what they stand on (WCAG 2.2, level AA). */
const WRITING = 4.5
const LINES = 3

/** The pairs of a theme that are hard to tell apart: writing below 4.5, lines below 3. A background of `none` is taken as white. */
export function lowContrasts(
  theme: Theme,
): { readonly entry: ThemeColour; readonly on: ThemeColour; readonly contrast: number; readonly needed: number }[] {
  const at = (entry: ThemeColour): string =>
    theme.colours[entry] === 'none'
      ? entry === 'background' || theme.colours.background === 'none'
        ? '#ffffff'
        : theme.colours.background
      : theme.colours[entry]
  const pairs: (readonly [ThemeColour, ThemeColour, number])[] = [
    ...(
      ['background', 'input', 'output', 'absorbedInput', 'absorbedOutput', 'function', 'constant', 'highlight'] as const
    ).map(on => ['ink', on, WRITING] as const),
    ...(['background', 'highlight'] as const).flatMap(on =>
      (['additive', 'multiplicative', 'muted'] as const).map(entry => [entry, on, WRITING] as const),
    ),
    ...COLOURS.filter(c => c.startsWith('series')).map(entry => [entry, 'background', LINES] as const),
  ]
  return pairs.flatMap(([entry, on, needed]) => {
    const found = contrast(at(entry), at(on))
    return found < needed ? [{ entry, on, contrast: found, needed }] : []
  })
}
