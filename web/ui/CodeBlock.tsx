/** Text of a file or a command, as it is. */
import { CopyButton } from './CopyButton.tsx'

interface CodeBlockProps {
  readonly text: string
  readonly label: string
  readonly copyLabel: string
  readonly copiedLabel: string
  /** Long lines break instead of scrolling: for commands. */
  readonly isWrapped?: boolean
}

export function CodeBlock(props: CodeBlockProps) {
  return (
    <div class="relative">
      <section
        tabindex="0"
        aria-label={props.label}
        class="max-h-96 overflow-auto rounded-lg border border-line bg-sunken p-3 pr-10"
      >
        <pre
          class={`font-mono text-xs leading-5 ${props.isWrapped ? 'wrap-anywhere whitespace-pre-wrap' : ''}`}
        >
          {props.text}
        </pre>
      </section>
      <span class="absolute top-2 right-2 rounded bg-sunken">
        <CopyButton value={props.text} label={props.copyLabel} copiedLabel={props.copiedLabel} />
      </span>
    </div>
  )
}
