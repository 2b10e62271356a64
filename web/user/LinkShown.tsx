/** A one-time link, shown this one time. */
import { t } from '../locales/i18n.ts'
import { passwordUrl } from '../paths.ts'
import { Notice } from '../ui/states.tsx'
import { Code, Instant } from '../words.tsx'

export interface ShownLink {
  readonly token: string
  readonly expiresAt: string
}

export function LinkShown(props: { readonly link: ShownLink }) {
  return (
    <div class="space-y-2" role="status">
      <Notice tone="warn">
        {t('users.linkExpires')} <Instant at={props.link.expiresAt} />.
      </Notice>
      <Code text={passwordUrl(location.origin, props.link.token)} label={t('users.link')} isWrapped />
    </div>
  )
}
