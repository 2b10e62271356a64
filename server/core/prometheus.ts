/** Prometheus' text format, and nothing else: a sample's name, kind, words and values. */

export interface Metric {
  /** As Prometheus would have it: base units, `_total` for what only grows. */
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** A value that is not known is left out. */
  readonly values: readonly {
    readonly labels?: Readonly<Record<string, string>>
    readonly value: number | null
  }[]
}

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

export function expositionOf(metrics: readonly Metric[]): string {
  return metrics.map(textOf).join('')
}

function textOf({ name, type, help, values }: Metric): string {
  const lines = values.flatMap(({ labels = {}, value }) =>
    value === null ? [] : [`${name}${labelsOf(labels)} ${value}\n`],
  )
  if (lines.length === 0) return ''
  return `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
