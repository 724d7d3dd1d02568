// Grammar, rule and kernel files are imported as text, as a prepared grammar, as modules (see text-files.ts at the top level).
declare module '*.ohm' {
  const recipe: readonly unknown[]
  export default recipe
}
declare module '*.net' {
  const text: string
  export default text
}
/** Modules in base64. */
declare module '*.wat' {
  const modules: Readonly<Record<'float64' | 'float32', { readonly fused: string; readonly plain: string }>>
  export default modules
}
