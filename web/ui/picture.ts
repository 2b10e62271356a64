/** Resolves when what has been made so far is on the screen; of a page that nobody sees, when it is seen again. */
export function picture(): Promise<void> {
  // A frame's own callbacks still belong to its picture; a task that they leave behind comes after it.
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}
