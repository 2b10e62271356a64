/** A config between its two spellings: the API's (upper-case enums, inputs) and #core's document. */
import type { ConfigDocument, Rule } from '#core/config-document'
import { ClientAction, ParentSelection, Route, RouteExpectation, RuleKind } from '#core/vocabulary'
import { type FragmentOf, graphql, type VariablesOf } from '../graphql.ts'

/** All but the rules, which may be ten thousand. */
export const settingsFields = graphql(`
  fragment SettingsFields on Config @_unmask {
    defaultAction
    parentProxies { host port priority enabled }
    clientRules { range action }
    failover { selection failThreshold retrySeconds connectTimeoutSeconds directWhenAllDown }
    routeTests { target method clientAddress resolvedAddress expect note }
  }
`)
export const versionSettingsFields = graphql(`
  fragment VersionSettingsFields on ConfigVersion @_unmask {
    defaultAction
    parentProxies { host port priority enabled }
    clientRules { range action }
    failover { selection failThreshold retrySeconds connectTimeoutSeconds directWhenAllDown }
    routeTests { target method clientAddress resolvedAddress expect note }
  }
`)
export const ruleFields = graphql(`
  fragment RuleFields on Rule @_unmask { id kind value action enabled note owner expiresAt }
`)
export const documentFields = graphql(
  'fragment DocumentFields on Config @_unmask { ...SettingsFields rules { ...RuleFields } }',
  [settingsFields, ruleFields],
)
export const versionFields = graphql(
  'fragment VersionFields on ConfigVersion @_unmask { ...VersionSettingsFields rules { ...RuleFields } }',
  [versionSettingsFields, ruleFields],
)
export const updateConfigDocument = graphql(`
  mutation UpdateConfig($input: UpdateConfigInput!) { updateConfig(input: $input) { config { id revision } } }
`)

type ApiSettings = FragmentOf<typeof settingsFields> | FragmentOf<typeof versionSettingsFields>
type ApiRule = FragmentOf<typeof ruleFields>
/** A document as the API answers it. */
export type ApiDocument = FragmentOf<typeof documentFields> | FragmentOf<typeof versionFields>
type UpdateInput = VariablesOf<typeof updateConfigDocument>['input']
/** All of a document's fields in an input. */
export type DocumentInput = Required<
  Pick<UpdateInput, 'defaultAction' | 'rules' | 'parentProxies' | 'clientRules' | 'failover' | 'routeTests'>
>

/** The API's answer as the value that #core checks and compares. */
export function toDocument(answer: ApiDocument): ConfigDocument {
  return { ...toSettings(answer), rules: answer.rules.map(toRule) }
}

/** A document without its rules. */
export function toSettings(answer: ApiSettings): ConfigDocument {
  return {
    defaultAction: Route[answer.defaultAction],
    rules: [],
    parentProxies: answer.parentProxies.map((parent) => ({ ...parent })),
    clientRules: answer.clientRules.map(({ range, action }) => ({ range, action: ClientAction[action] })),
    failover: { ...answer.failover, selection: ParentSelection[answer.failover.selection] },
    routeTests: answer.routeTests.map((test) => ({ ...test, expect: RouteExpectation[test.expect] })),
  }
}

export function toRule(rule: ApiRule): Rule {
  return { ...rule, kind: RuleKind[rule.kind], action: Route[rule.action] }
}

/** A document as the API's mutations take it; surrounding blanks of typed values are dropped. */
export function toInput(document: ConfigDocument): DocumentInput {
  return {
    defaultAction: nameIn(Route, document.defaultAction),
    rules: document.rules.map(toRuleInput),
    parentProxies: document.parentProxies.map((parent) => ({ ...parent, host: parent.host.trim() })),
    clientRules: document.clientRules.map(({ range, action }) => ({
      range: range.trim(),
      action: nameIn(ClientAction, action),
    })),
    failover: { ...document.failover, selection: nameIn(ParentSelection, document.failover.selection) },
    routeTests: document.routeTests.map((test) => ({
      ...test,
      target: test.target.trim(),
      expect: nameIn(RouteExpectation, test.expect),
    })),
  }
}

/** A rule without its id, as mutations take it. */
export function toRuleInput({ id: _, kind, value, action, ...rest }: Rule) {
  return { ...rest, kind: nameIn(RuleKind, kind), value: value.trim(), action: nameIn(Route, action) }
}

/** The API's name of a stored word: `nameIn(Route, 'direct')` is `DIRECT`. */
export function nameIn<Names extends Readonly<Record<string, string>>>(
  names: Names,
  word: Names[keyof Names],
): keyof Names {
  const found = Object.keys(names).find((name) => names[name] === word)
  if (found === undefined) throw new Error(`No name for ${word}`)
  return found
}
