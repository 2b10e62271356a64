/** A hash: twelve characters to look at, all of them on hover and for copying. */
import { CopyButton } from './CopyButton.tsx'

interface HashProps {
  readonly value: string
  readonly copyLabel: string
  readonly copiedLabel: string
}

export function Hash(props: HashProps) {
  return (
    <span class="inline-flex items-center gap-1 font-mono text-sm">
      <span title={props.value}>{props.value.slice(0, 12)}</span>
      <CopyButton value={props.value} label={props.copyLabel} copiedLabel={props.copiedLabel} />
    </span>
  )
}
