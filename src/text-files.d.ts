// Grammar and rule files are imported as text or as a prepared grammar (see text-files.ts at the top level).
declare module '*.ohm' {
  const recipe: readonly unknown[]
  export default recipe
}
declare module '*.net' {
  const text: string
  export default text
}
