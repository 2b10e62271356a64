/** The first line of every file that we write. It names no date, so that equal rules give equal bytes. */
export const header = '# Written by ATS Proxy Manager; an edit made here is overwritten at the next sync.'
