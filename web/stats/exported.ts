/** The numbers that charts show, as files: the same in every language, times in UTC. */
import type { Chart, Line, Point } from './charts.ts'

/** RFC 4180. A cell that is empty is not known. Holds nothing that a spreadsheet would take for a formula: no text of people. */
export function statsCsv(charts: readonly Chart[], points: readonly Point[]): string {
  const lines = linesOf(charts)
  const head = ['time', ...lines.map(({ id }) => id)]
  const rows = points.map((point) => [point.at, ...lines.map(({ value }) => String(value(point) ?? ''))])
  return [head, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('')
}

export function statsJson(charts: readonly Chart[], points: readonly Point[]): string {
  const lines = linesOf(charts)
  const rows = points.map((point) => ({
    time: point.at,
    ...Object.fromEntries(lines.map(({ id, value }) => [id, value(point)])),
  }))
  return JSON.stringify(rows, null, 2)
}

function linesOf(charts: readonly Chart[]): readonly Line[] {
  return charts.flatMap(({ lines }) => lines)
}
