// How statements are set: on one line where they fit, else broken in the places that a person would choose.

export const WIDTH = 100
const STEP = '  '

/** `first -> stage -> stage`, broken before arrows where it is longer than a line leaves. */
export function layoutChain(parts: readonly string[], indent: string, prefix = '', suffix = ''): string {
  const whole = `${prefix}${parts.join(' -> ')}${suffix}`
  if (indent.length + whole.length <= WIDTH || parts.length < 2) return indent + whole
  const lines: string[] = []
  let line = `${indent}${prefix}${parts[0]}`
  const deeper = indent + STEP
  for (let i = 1; i < parts.length; i++) {
    const next = `-> ${parts[i]}${i === parts.length - 1 ? suffix : ''}`
    if (line.length + 1 + next.length <= WIDTH) line += ` ${next}`
    else {
      lines.push(line)
      line = deeper + next
    }
  }
  return [...lines, line].join('\n')
}

/** `prefix a, b, c suffix`, broken after commas. */
export function layoutList(items: readonly string[], indent: string, prefix: string, suffix: string): string {
  const whole = `${indent}${prefix}${items.join(', ')}${suffix}`
  if (whole.length <= WIDTH) return whole
  const lines: string[] = []
  let line = indent + prefix
  for (const [i, item] of items.entries()) {
    const next = item + (i === items.length - 1 ? suffix : ',')
    if (i > 0 && line.length + 1 + next.length > WIDTH) {
      lines.push(line)
      line = indent + STEP + next
    } else line += (i > 0 ? ' ' : '') + next
  }
  return [...lines, line].join('\n')
}
