/** Gives the reader a file that the page itself has made. */

export function saveFile(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/** The instant, in UTC, as a part of a file's name: `2026-03-01T101500`. */
export function fileTime(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '')
}
