/** A chart as a picture for a report: what is on the screen, with its title, its time and what each line is. */

interface Pictured {
  readonly title: string
  readonly note: string
  readonly lines: readonly {
    readonly label: string
    readonly token: string
    readonly dash: readonly number[]
  }[]
}

/** CSS pixels. */
const edge = 16
const headHeight = 62

/** @param chart the canvas on the page, as sharp as the reader's screen */
export function pictureOf(chart: HTMLCanvasElement, { title, note, lines }: Pictured): Promise<Blob | null> {
  const ratio = devicePixelRatio
  const canvas = document.createElement('canvas')
  canvas.width = chart.width + 2 * edge * ratio
  canvas.height = chart.height + (headHeight + edge) * ratio
  const ctx = canvas.getContext('2d')
  if (!ctx) return Promise.resolve(null)
  const family = getComputedStyle(document.body).fontFamily
  const [surface, text, muted] = resolved(['surface', 'text', 'muted'])
  ctx.fillStyle = surface ?? ''
  ctx.fillRect(0, 0, canvas.width, canvas.height)
  ctx.drawImage(chart, edge * ratio, headHeight * ratio)
  ctx.scale(ratio, ratio)
  ctx.fillStyle = text ?? ''
  ctx.font = `600 15px ${family}`
  ctx.fillText(title, edge, 26)
  ctx.fillStyle = muted ?? ''
  ctx.font = `12px ${family}`
  ctx.textAlign = 'right'
  ctx.fillText(note, canvas.width / ratio - edge, 26)
  ctx.textAlign = 'left'
  const colours = resolved(lines.map(({ token }) => token))
  let x = edge
  for (const [index, { label, dash }] of lines.entries()) {
    ctx.strokeStyle = colours[index] ?? ''
    ctx.lineWidth = 2
    ctx.setLineDash([...dash])
    ctx.beginPath()
    ctx.moveTo(x, 46)
    ctx.lineTo(x + 20, 46)
    ctx.stroke()
    ctx.fillStyle = text ?? ''
    ctx.fillText(label, x + 26, 50)
    x += 26 + ctx.measureText(label).width + 16
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

/** A canvas knows no variables: the browser works out what the tokens are in this theme. */
function resolved(tokens: readonly string[]): readonly string[] {
  const probe = document.body.appendChild(document.createElement('span'))
  const colours = tokens.map((token) => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  })
  probe.remove()
  return colours
}
