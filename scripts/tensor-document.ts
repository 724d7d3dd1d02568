// The text of docs/tensor-identities.md, made from the table in test/examine/tensor.json, which the tests hold against what
// the rules in test/examine/tensor.net turn out to be.

/** An identity of layers, and what became of it: `why` it cannot be said as a rule, or its outcome as a rule. */
export type TensorIdentity = {
  readonly id: string
  readonly true: boolean
  readonly left: string
  readonly right: string
  readonly domain: string
} & (
  | { readonly why: string }
  /** `as`: in which form it is written, where that is less than the identity says. */
  | { readonly outcome: 'proved' | 'survives' | 'refuted'; readonly as: string }
)

/** The words of an identity as they stand in a table of Markdown, where `](` would be a link. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('](', '] (')

export function tensorDocument(identities: readonly TensorIdentity[]): string {
  const said = identities.flatMap(t => ('outcome' in t ? [t] : []))
  const count = (isTrue: boolean, outcome?: string): number =>
    said.filter(t => t.true === isTrue && (outcome === undefined || t.outcome === outcome)).length
  const rows = identities.map(t => {
    const claim = cell(`\`${t.left} = ${t.right}\`${t.domain === '' ? '' : `, for \`${t.domain}\``}`)
    const form = 'outcome' in t && t.as !== '' ? `as a rule for: ${t.as}` : ''
    return `| ${t.id} | ${claim} | ${t.true ? 'true' : 'false'} | ${'outcome' in t ? t.outcome : 'cannot be said'} | ${cell('why' in t ? t.why : form)} |`
  })
  return `# Identities of layers as rules

Well-known identities of layers, and statements that look like them and are false, written as rules where the language can
say them (\`test/examine/tensor.net\`), and examined as \`netproof rules check\` does.

- **proved**: it follows from the built-in rules and the algebra of functions and matrices, without an assumption.
- **survives**: no difference was found, and no proof. Such a rule is used only where somebody assumes it by name.
- **refuted**: there is a point, with values for what the rule leaves open, at which its sides differ.

Of ${count(true)} true ones that can be said, ${count(true, 'proved')} are proved and ${count(true, 'survives')} survive. Of ${count(false)} false ones that can be said, ${count(false, 'refuted')} are refuted.

| | statement | is | outcome | remark |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}
