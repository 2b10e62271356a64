/** A status as icon, colour and words: the colour is never the only sign. */
import type { JSX } from 'solid-js'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle'

const toneSoft: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
  idle: 'bg-sunken text-muted',
}

export function Badge(props: {
  readonly tone: Tone
  readonly icon?: JSX.Element
  readonly children: JSX.Element
}) {
  return (
    <span
      class={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap ${toneSoft[props.tone]}`}
    >
      {props.icon}
      {props.children}
    </span>
  )
}
