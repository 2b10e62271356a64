/** An address of nothing. */
import { A } from '@solidjs/router'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { PageHeader, setPageTitle } from '../words.tsx'

export function NotFound() {
  setPageTitle(() => t('app.notFound'))
  return (
    <>
      <PageHeader title={t('app.notFound')} />
      <p class="mb-3 text-muted">{t('app.notFoundText')}</p>
      <A href={paths.fleet} class="link">
        {t('fleet.title')}
      </A>
    </>
  )
}
