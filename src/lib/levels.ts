/** How much weight a rule has: what *must* be done, what *should*, and what to *consider*. */
export const LEVELS = ['must', 'should', 'consider'] as const;

/** A level as it is printed: `Must`. */
export const labelOf = (level: string) => level.charAt(0).toUpperCase() + level.slice(1);
