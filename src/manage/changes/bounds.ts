/** Bytes of the body of a proposal. */
export const LARGEST_PROPOSAL_BYTES = 24 << 20

/** Change sets that wait for a decision, of one application or of the lists. */
export const MOST_OPEN_OF_SUBJECT = 100

/** Decided change sets that are kept; what older ones did stands in the history. */
export const MOST_DECIDED = 1000

/** Comments on one change set. */
export const MOST_COMMENTS = 200

/** People who wrote one change set. */
export const MOST_AUTHORS = 50

/** How far ahead a change set can be scheduled. */
export const FARTHEST_SCHEDULE_MS = 366 * 24 * 60 * 60 * 1000

/** Entries of a page, unless fewer are asked for. */
export const PAGE_SIZE = 50
