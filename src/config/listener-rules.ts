import { applicationGroup } from '../core/instance.js'
import type { ListenerRule } from '../faces/proxy/settings.js'
import { readFamily, type Family, type FamilyMember } from './family.js'
import { checkGroup } from './group-reference.js'
import { anyText, flag, hostName, oneOf, urlPath } from './parsers.js'
import type { Findings } from './problem.js'
import type { Values } from './variable.js'

function rewritePrefix(text: string): string {
  return text === '' ? text : urlPath(text)
}

function hostPattern(text: string): string {
  if (text.includes(':')) throw new Error('must be a host name without a port')
  return text.startsWith('*.') ? `*.${hostName(text.slice(2))}` : hostName(text)
}

/** The proxy's rules: `LISTENER_RULE_<N>_…`. */
export const listenerRules = {
  prefix: 'LISTENER_RULE_',
  members: {
    PATH_PREFIX: {
      parse: urlPath,
      required: true,
      meaning:
        "requests whose path begins with it are the rule's; the longest match wins, see [below](#which-rule-a-request-takes)",
      example: '/api',
    },
    PATH_REWRITE: {
      parse: rewritePrefix,
      default: '',
      meaning: "prefix that is stripped from the path before the target's base URI is put in front",
      example: '/api',
    },
    TARGET_GROUP: {
      parse: anyText,
      unset: 'required',
      meaning: 'name of the group that serves; several rules may share one; not with `APPLICATION`',
      example: 'web',
    },
    APPLICATION: {
      parse: anyText,
      unset: 'none',
      meaning:
        'name of the application whose [rules](gateway.md#as-an-action-of-the-proxy) choose the hosts that serve, in place of a target group',
      example: 'shop',
    },
    PATH_MATCH: {
      parse: oneOf(['segment', 'string']),
      default: 'segment',
      meaning:
        'what the prefix is compared with: `segment` whole segments (`/api` is not the beginning of `/apix`), `string` characters',
      example: 'string',
    },
    PRESERVE_HOST: {
      parse: flag,
      default: 'false',
      meaning: "send the target the client's `Host` instead of the target's own",
      example: 'true',
    },
    HOST: {
      parse: hostPattern,
      unset: 'any',
      meaning:
        'host name the rule is for, without port; `*.example.com` is every name below `example.com`; a rule with a host beats one without',
      example: 'api.example.com',
    },
  },
} as const satisfies Family

type RuleMember = FamilyMember<typeof listenerRules.members>

function checkUnique(
  { prefix, partial }: RuleMember,
  owners: Map<string, string>,
  findings: Findings,
): void {
  const { PATH_PREFIX, PATH_MATCH, HOST = '' } = partial
  if (PATH_PREFIX === undefined || !('HOST' in partial)) return
  const key = [HOST, PATH_MATCH, PATH_PREFIX].join(' ')
  const owner = owners.get(key)
  if (owner === undefined) owners.set(key, `${prefix}PATH_PREFIX`)
  else
    findings.problem(
      `${prefix}PATH_PREFIX`,
      PATH_PREFIX,
      `${owner} is the same, with the same host and the same match`,
    )
}

function checkServing({ prefix, given }: RuleMember, findings: Findings): void {
  const { TARGET_GROUP, APPLICATION } = given
  if (TARGET_GROUP === undefined && APPLICATION === undefined)
    findings.problem(`${prefix}TARGET_GROUP`, undefined, 'is required')
  if (TARGET_GROUP !== undefined && APPLICATION !== undefined)
    findings.problem(
      `${prefix}APPLICATION`,
      APPLICATION,
      `must not be set with ${prefix}TARGET_GROUP: one of them serves`,
    )
}

function checkRewrite({ prefix, partial }: RuleMember, findings: Findings): void {
  const { PATH_PREFIX, PATH_REWRITE } = partial
  if (PATH_PREFIX === undefined || PATH_REWRITE === undefined) return
  if (!PATH_PREFIX.startsWith(PATH_REWRITE) && !PATH_REWRITE.startsWith(PATH_PREFIX))
    findings.warning(
      `${prefix}PATH_REWRITE`,
      PATH_REWRITE,
      `strips nothing: no path begins with it and with ${PATH_PREFIX}`,
    )
}

function rule(number: number, values: Values<typeof listenerRules.members>): ListenerRule {
  return {
    number,
    pathPrefix: values.PATH_PREFIX,
    pathRewrite: values.PATH_REWRITE,
    targetGroup: values.TARGET_GROUP ?? applicationGroup(values.APPLICATION ?? ''),
    application: values.APPLICATION,
    pathMatch: values.PATH_MATCH,
    preserveHost: values.PRESERVE_HOST,
    host: values.HOST,
  }
}

/**
 * Reads and checks the proxy's rules.
 * @param groups names that a rule may use
 * @returns the rules in which nothing is wrong on its own, by their numbers
 */
export function readListenerRules(
  environment: NodeJS.ProcessEnv,
  groups: ReadonlySet<string>,
  findings: Findings,
): readonly ListenerRule[] {
  const members = readFamily(listenerRules, environment, findings)
  const owners = new Map<string, string>()
  for (const member of members) {
    checkGroup(`${member.prefix}TARGET_GROUP`, member.partial.TARGET_GROUP, groups, findings)
    checkServing(member, findings)
    checkUnique(member, owners, findings)
    checkRewrite(member, findings)
  }
  return members.flatMap(({ number, whole }) => (whole ? [rule(number, whole)] : []))
}
