/** Rules, or templates, of one kind in an application. */
export const MOST_RULES = 10_000

/** Conditions of one branch or template, and the servers of a group. */
export const MOST_CONDITIONS = 1000

/** How deep junctions and branches may be nested in a rule, each counted on its own. */
export const DEEPEST_NESTING = 32

/** Values that stand in one condition; more belong into a list. */
export const MOST_LITERALS = 100_000

/** Slices of a distribution. */
export const MOST_SLICES = 1000

/** Stacks of a whitelist, and stacks whose hosts are known. */
export const MOST_STACKS = 10_000

/** Hosts of a stack. */
export const MOST_HOSTS = 100_000

/** Pairs that a server appends to the query. */
export const MOST_QUERY_PAIRS = 1000

/** Lists that all applications share. */
export const MOST_LISTS = 10_000

/** Values of one list. */
export const MOST_VALUES = 2_000_000

/** UTF-16 units of any one text. */
export const LONGEST_TEXT = 16_384

/** Problems that are told of one document; that there are more is the last one told. */
export const MOST_PROBLEMS = 1000
