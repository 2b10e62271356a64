/** `+12 −3`: how many lines came and went, read aloud as words. */
import { plural } from '../locales/i18n.ts'

export function LineCount(props: { readonly added: number; readonly removed: number }) {
  return (
    <span class="font-mono text-xs font-medium whitespace-nowrap">
      <span aria-hidden="true">
        <span class="text-ok">{`+${props.added}`}</span> <span class="text-bad">{`−${props.removed}`}</span>
      </span>
      <span class="sr-only">
        {`${plural('review.linesAdded', props.added)}, ${plural('review.linesRemoved', props.removed)}`}
      </span>
    </span>
  )
}
