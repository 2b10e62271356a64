/** A QR code, black on white in every theme: cameras want it so. */
import { encode } from 'uqr'

/** Empty squares around it, without which cameras don't find it. */
const quiet = 4

export function QrCode(props: { readonly text: string; readonly label: string }) {
  const code = () => encode(props.text, { border: quiet })
  const squares = () =>
    code()
      .data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
      .join('')
  return (
    <svg
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${code().size} ${code().size}`}
      shape-rendering="crispEdges"
      class="mx-auto size-52 rounded-lg"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={squares()} fill="#000" />
    </svg>
  )
}
