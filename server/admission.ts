/** How many requests may be worked on at once: beyond that they are sent away in good time, each with its own "later". */

export interface Admission {
  /** Null: no room, or the server is stopping. Else to be called when the request is over; once more does no harm. */
  enter(): (() => void) | null
  /** Nobody is let in any more. */
  close(): void
}

export function createAdmission(most: number): Admission {
  let running = 0
  let isOpen = true
  return {
    enter() {
      if (!isOpen || running >= most) return null
      running += 1
      let isOver = false
      return () => {
        if (!isOver) running -= 1
        isOver = true
      }
    },
    close() {
      isOpen = false
    },
  }
}

/** Whole seconds in [5, 15]: those who are sent away together don't come back together. */
export function retryAfterSeconds(random: number): number {
  return 5 + Math.floor(random * 11)
}
