/** What TypeScript has to know of build.mjs, which runs before there is a compiler. */
export const dist: string
export function build(
  say: (line: string) => void,
  names?: readonly ('server' | 'agent' | 'web')[],
): Promise<void>
/** Paths from the project's folder. */
export function bundleForNode(entry: string, outfile: string): Promise<void>
export function underBuildLock<T>(work: () => Promise<T>): Promise<T>
