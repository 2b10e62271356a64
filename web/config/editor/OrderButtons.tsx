/** The buttons at the end of a row of a short ordered list: up, down, and out of it. */
import { t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { ArrowDownIcon, ArrowUpIcon, TrashIcon } from '../../ui/icons.ts'

interface OrderButtonsProps {
  /** Whose texts they say. */
  readonly texts: 'parents' | 'clients'
  /** The row's place, from 0. */
  readonly index: number
  readonly count: number
  readonly why: string | undefined
  readonly onMove: (to: number) => void
  readonly onRemove: () => void
}

export function OrderButtons(props: OrderButtonsProps) {
  const row = () => ({ row: props.index + 1 })
  return (
    <span class="ml-auto flex">
      <Button
        look="ghost"
        isIcon
        data-control="up"
        aria-label={t(`${props.texts}.moveUp`, row())}
        title={t(`${props.texts}.moveUp`, row())}
        why={props.why ?? (props.index === 0 ? t(`${props.texts}.isFirst`) : undefined)}
        onClick={() => props.onMove(props.index - 1)}
      >
        <ArrowUpIcon size={15} aria-hidden="true" />
      </Button>
      <Button
        look="ghost"
        isIcon
        data-control="down"
        aria-label={t(`${props.texts}.moveDown`, row())}
        title={t(`${props.texts}.moveDown`, row())}
        why={props.why ?? (props.index === props.count - 1 ? t(`${props.texts}.isLast`) : undefined)}
        onClick={() => props.onMove(props.index + 1)}
      >
        <ArrowDownIcon size={15} aria-hidden="true" />
      </Button>
      <Button
        look="ghost"
        isIcon
        data-control="remove"
        aria-label={t(`${props.texts}.remove`, row())}
        title={t(`${props.texts}.remove`, row())}
        why={props.why}
        onClick={() => props.onRemove()}
      >
        <TrashIcon size={15} aria-hidden="true" />
      </Button>
    </span>
  )
}
