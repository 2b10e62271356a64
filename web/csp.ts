/** The page's nonce: what the content security policy wants from whoever makes a style or script element. */

/** Fresh with each page that the server sends; empty where there is no policy, as in development. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
}
