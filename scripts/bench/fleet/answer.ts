/** The child's side of a bench: what it is asked over Node's own channel. Apart, since children are bundled. */

interface Question {
  readonly id: number
  readonly name: string
  readonly input: unknown
}
export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }

/** Answers by name, and ends when the bench has ended without a word. */
export function answer(handlers: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', async ({ id, name, input }: Question) => {
    try {
      process.send?.({ id, answer: await handlers[name]?.(input as never) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
}
