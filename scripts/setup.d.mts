/** What TypeScript has to know of setup.mjs, which runs before there is a compiler. */
/** The project’s folder. */
export const root: string
export function run(
  program: string,
  args: readonly string[],
  options?: { env?: NodeJS.ProcessEnv; quiet?: boolean; cwd?: string },
): Promise<number>
