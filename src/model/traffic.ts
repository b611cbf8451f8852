/** Which hosts count: those that take clients at present, or all that are registered where clients are sent. */
export type CountedHosts = 'serving' | 'all'

/** The connections of a share of the clients. @param percent of `total` */
export function connectionsOf(total: number, percent: number): number {
  return Math.max(0, Math.round((total * percent) / 100))
}

/** Whether hosts together get more than each of them should have. @param perHost 0 for no limit */
export function isBeyond(connections: number, hosts: number, perHost: number): boolean {
  return perHost > 0 && connections > hosts * perHost
}

/** Something of the hosts that are adjusted, and of the others beside them. */
export interface Sides {
  readonly adjusted: number
  readonly others: number
}

/**
 * The weights with which some hosts get so much more than the others, or less below 0. As in Redirector, what goes below nothing
 * for these is put on the others.
 * @param weight which all of them have now
 */
export function weightsFor(weight: number, percent: number): Sides {
  const wanted = Math.round((weight * (100 + percent)) / 100)
  return { adjusted: Math.max(0, wanted), others: weight - Math.min(0, wanted) }
}

/** How much more one host gets by its weight than another, or less below 0; undefined where the other gets nothing. */
export function percentMore({ adjusted, others }: Sides): number | undefined {
  return others > 0 ? Math.round((adjusted / others - 1) * 100) : undefined
}

/** How connections are shared out among two kinds of hosts. */
export interface Shares {
  /** Connections of one host. */
  readonly perHost: Sides
  /** Connections of all hosts of a kind. As in Redirector that of a host is rounded before, so that some can be missing. */
  readonly together: Sides
}

/**
 * Shares connections out by weight.
 * @param hosts how many of each kind
 * @returns undefined when nobody takes any, or a number makes no sense
 */
export function sharesOf(connections: number, hosts: Sides, weights: Sides): Shares | undefined {
  const all = hosts.adjusted * weights.adjusted + hosts.others * weights.others
  const isSense = [hosts, weights].every((sides) => sides.adjusted >= 0 && sides.others >= 0)
  if (!isSense || !(all > 0)) return undefined
  const perHost = {
    adjusted: Math.round((connections * weights.adjusted) / all),
    others: Math.round((connections * weights.others) / all),
  }
  const together = {
    adjusted: perHost.adjusted * hosts.adjusted,
    others: perHost.others * hosts.others,
  }
  return { perHost, together }
}
