// Grammar, rule and kernel files are imported as a prepared grammar, as syntax trees (FileTree), as modules (see text-files.ts).
declare module '*.ohm' {
  const recipe: readonly unknown[]
  export default recipe
}
declare module '*.net' {
  const tree: unknown
  export default tree
}
/** Modules in base64. */
declare module '*.wat' {
  const modules: Readonly<Record<'float64' | 'float32', { readonly fused: string; readonly plain: string }>>
  export default modules
}
