/** The actions that a page adds to the command palette while it is open. */
import { createRegistry } from './registry.ts'

export interface PaletteAction {
  /** Unique on the page. */
  readonly id: string
  readonly label: string
  readonly run: () => void
  /** Set: listed, but not open, for this reason. */
  readonly why?: string | undefined
}

const registry = createRegistry<PaletteAction>()

/** Lists these actions in the palette while the calling component is mounted; reactive. */
export const usePaletteActions = registry.use
export const paletteActions = registry.all
