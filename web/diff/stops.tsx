/** The changes of a page as stops, in the order of the page: one pair of keys leads through all of its diffs. */
import {
  createContext,
  createMemo,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  Show,
  useContext,
} from 'solid-js'
import { formatNumber } from '../format.ts'
import { locale, plural, t } from '../locales/i18n.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { ArrowDownIcon, ArrowUpIcon } from '../ui/icons.ts'

/** One diff on the page. */
interface Part {
  /** Where on the page it is. */
  readonly element: () => HTMLElement | undefined
  readonly count: () => number
  /** Scrolls to its change number `index`, from 0. */
  readonly show: (index: number) => void
}

interface Place {
  readonly part: Part
  readonly index: number
}

interface Stops {
  readonly register: (part: Part) => void
  readonly isCurrent: (part: Part, index: number) => boolean
  readonly total: () => number
  /** From 1; 0 before the first jump. */
  readonly position: () => number
  readonly step: (by: 1 | -1) => void
}

const StopsContext = createContext<Stops>()

/** Around everything whose changes are to be one sequence. */
export function ChangeStops(props: { readonly children: JSX.Element }) {
  const [parts, setParts] = createSignal<readonly Part[]>([])
  const [place, setPlace] = createSignal<Place>()
  const total = createMemo(() => parts().reduce((sum, part) => sum + part.count(), 0))
  const ordered = () =>
    [...parts()].sort((a, b) => {
      const [first, second] = [a.element(), b.element()]
      if (!first || !second) return 0
      return first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1
    })
  const position = () => {
    const at = place()
    if (!at) return 0
    const list = ordered()
    const before = list.slice(0, list.indexOf(at.part)).reduce((sum, part) => sum + part.count(), 0)
    return Math.min(before + at.index + 1, total())
  }
  const step = (by: 1 | -1) => {
    if (total() === 0) return
    // Around the ends: from the last change on to the first. Before the first jump, position is 0.
    const from = position() === 0 && by === -1 ? 0 : position() - 1
    let left = (from + by + total()) % total()
    for (const part of ordered()) {
      if (left < part.count()) {
        setPlace({ part, index: left })
        part.show(left)
        return
      }
      left -= part.count()
    }
  }
  const stops: Stops = {
    register: (part) => {
      setParts((known) => [...known, part])
      onCleanup(() => setParts((known) => known.filter((each) => each !== part)))
    },
    isCurrent: (part, index) => place()?.part === part && place()?.index === index,
    total,
    position,
    step,
  }
  return <StopsContext.Provider value={stops}>{props.children}</StopsContext.Provider>
}

/** Makes the changes of one diff stops of its page; `isCurrent` says which change the reader has jumped to. */
export function useStops(part: Part): { readonly isCurrent: (index: number) => boolean } {
  const stops = useContext(StopsContext)
  onMount(() => stops?.register(part))
  return { isCurrent: (index) => stops?.isCurrent(part, index) ?? false }
}

/** Whether the page has a bar of its own for its diffs. */
export function hasStops(): boolean {
  return useContext(StopsContext) !== undefined
}

/** `Change 3 of 17` with its two buttons; `n` and `p` do the same. */
export function ChangeNav() {
  const stops = useContext(StopsContext)
  useShortcuts(() => [
    { keys: 'n', label: t('review.nextChange'), run: () => stops?.step(1) },
    { keys: 'p', label: t('review.previousChange'), run: () => stops?.step(-1) },
  ])
  const number = (value: number) => formatNumber(locale(), value)
  return (
    <Show when={stops}>
      {(all) => (
        // It keeps its place while nothing has been counted, so that the bar around it does not grow.
        <fieldset
          class={`flex items-center gap-1 ${all().total() > 0 ? '' : 'invisible'}`}
          aria-label={t('review.changeNav')}
        >
          <span role="status" class="mr-1 min-w-20 text-sm whitespace-nowrap text-muted">
            {all().position() > 0
              ? t('review.changeAt', { at: number(all().position()), total: number(all().total()) })
              : plural('review.changeTotal', all().total())}
          </span>
          <Button
            look="ghost"
            isIcon
            aria-label={t('review.previousChange')}
            title={`${t('review.previousChange')} (p)`}
            aria-keyshortcuts="p"
            onClick={() => all().step(-1)}
          >
            <ArrowUpIcon size={15} aria-hidden="true" />
          </Button>
          <Button
            look="ghost"
            isIcon
            aria-label={t('review.nextChange')}
            title={`${t('review.nextChange')} (n)`}
            aria-keyshortcuts="n"
            onClick={() => all().step(1)}
          >
            <ArrowDownIcon size={15} aria-hidden="true" />
          </Button>
        </fieldset>
      )}
    </Show>
  )
}
