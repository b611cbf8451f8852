import type { ListenerRule } from './settings.js'

/** Whether `path` begins with `prefix`: with whole segments of it, or with its bytes. */
export function hasPrefix(path: string, prefix: string, match: ListenerRule['pathMatch']): boolean {
  if (!path.startsWith(prefix)) return false
  if (match === 'string' || path.length === prefix.length || prefix.endsWith('/')) return true
  return path.charCodeAt(prefix.length) === 47
}

/** Rules in the order in which they are asked: longest prefix first, whole segments before bytes. */
function bySpecificity(a: ListenerRule, b: ListenerRule): number {
  const longer = b.pathPrefix.length - a.pathPrefix.length
  return longer !== 0 ? longer : Number(a.pathMatch === 'string') - Number(b.pathMatch === 'string')
}

function find(rules: readonly ListenerRule[] | undefined, path: string): ListenerRule | undefined {
  return rules?.find((rule) => hasPrefix(path, rule.pathPrefix, rule.pathMatch))
}

/** Finds the rule of a request: a rule with a host beats one without, then the longest prefix wins. */
export class Router {
  private readonly anyHost: readonly ListenerRule[]
  private readonly byHost = new Map<string, ListenerRule[]>()
  /** Whether any rule asks for `*.` and a domain: only then are the host's parents looked up. */
  private readonly hasWildcards: boolean

  constructor(rules: readonly ListenerRule[]) {
    const sorted = [...rules].sort(bySpecificity)
    this.anyHost = sorted.filter((rule) => rule.host === undefined)
    this.hasWildcards = sorted.some((rule) => rule.host?.startsWith('*.'))
    for (const rule of sorted) {
      if (rule.host === undefined) continue
      const rulesOfHost = this.byHost.get(rule.host)
      if (rulesOfHost) rulesOfHost.push(rule)
      else this.byHost.set(rule.host, [rule])
    }
  }

  /**
   * @param host lower-case name without port; empty when the client gave none
   * @param path raw, without the query
   */
  match(host: string, path: string): ListenerRule | undefined {
    return (this.byHost.size > 0 && this.matchHost(host, path)) || find(this.anyHost, path)
  }

  private matchHost(host: string, path: string): ListenerRule | undefined {
    const exact = find(this.byHost.get(host), path)
    if (exact || !this.hasWildcards) return exact
    // The nearest parent first: `*.b.example.com` knows more than `*.example.com`.
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const rule = find(this.byHost.get(`*${host.slice(dot)}`), path)
      if (rule) return rule
    }
    return undefined
  }
}

/**
 * The path a target is asked for: the rule's rewrite prefix stripped once, the target's base path put in front.
 * @param basePath empty, or begins with `/` and does not end with one
 */
export function targetPath(rule: ListenerRule, basePath: string, path: string): string {
  let rest = path
  if (rule.pathRewrite !== '' && hasPrefix(path, rule.pathRewrite, rule.pathMatch)) {
    rest = path.slice(rule.pathRewrite.length)
    if (rest === '') return basePath === '' ? '/' : basePath
    if (rest.charCodeAt(0) !== 47) rest = `/${rest}`
  }
  return basePath + rest
}
