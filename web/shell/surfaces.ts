/** What lies over the page: the command palette and the shortcuts' help, one at a time. */
import { createSignal } from 'solid-js'

export type Surface = 'palette' | 'help'

const [surface, setSurface] = createSignal<Surface>()

export { surface }

export const openPalette = () => void setSurface('palette')
export const openHelp = () => void setSurface('help')
export const closeSurface = () => void setSurface(undefined)
