/** Icons that are drawn once and copied for each use: a screenful of rows holds a hundred. */
import { type Component, children, createRenderEffect, createRoot } from 'solid-js'

interface IconProps {
  /** CSS pixels. */
  readonly size: number
  readonly class?: string | undefined
  readonly 'aria-hidden'?: 'true'
}

/** @param Drawing makes an `svg` element; it takes a component and a dozen effects for each */
export function drawn(Drawing: Component<Record<string, never>>) {
  let template: Node | undefined
  return (props: IconProps) => {
    template ??= createRoot((dispose) => {
      const drawing = children(() => Drawing({}))() as Node
      dispose()
      return drawing
    })
    const icon = template.cloneNode(true) as SVGSVGElement
    const given = icon.getAttribute('class')
    createRenderEffect(() => {
      icon.setAttribute('width', String(props.size))
      icon.setAttribute('height', String(props.size))
      icon.setAttribute('class', `${given} ${props.class ?? ''}`)
      if (props['aria-hidden']) icon.setAttribute('aria-hidden', 'true')
      else icon.removeAttribute('aria-hidden')
    })
    return icon
  }
}
