/** Rules of a config for tests that care about one or two of their fields. */
import type { Rule } from '../../server/core/config-document.ts'

/** An enabled rule of that id for the host `<id>.example`, direct, with nothing said about it but `more`. */
export function ruleOf(id: string, more: Partial<Rule> = {}): Rule {
  return {
    id,
    kind: 'host',
    value: `${id}.example`,
    action: 'direct',
    enabled: true,
    note: '',
    owner: '',
    expiresAt: null,
    ...more,
  }
}
