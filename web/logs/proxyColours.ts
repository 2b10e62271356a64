/** A colour for each of many proxies, in both themes: as far from its neighbours as a colour wheel allows. */

const goldenAngle = 137.508

/** Only ever beside the proxy's name: a colour alone tells nothing to many people. */
export function colourOf(index: number): string {
  return `oklch(62% 0.15 ${Math.round(210 + index * goldenAngle) % 360})`
}
