// Grammar and rule files are imported as a prepared grammar and as syntax trees (FileTree; see text-files.ts at the top level).
declare module '*.ohm' {
  const recipe: readonly unknown[]
  export default recipe
}
declare module '*.net' {
  const tree: unknown
  export default tree
}
