/** Small file systems in memory (Linux, root). */
import { execFileSync } from 'node:child_process'

/** A tmpfs with these mount options. */
export function mount(directory: string, options: string): void {
  execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory])
}

export function unmount(directory: string): void {
  execFileSync('/usr/bin/umount', [directory])
}
