/** Renders sni.yaml: our documents say nothing about TLS, so the file is valid and empty. */
import { header } from './header.ts'

/** A bare `sni:` would keep ATS from starting (9.2 and 10.x); an empty list loads everywhere. */
export function renderSniYaml(): string {
  return `${header}\nsni: []\n`
}
