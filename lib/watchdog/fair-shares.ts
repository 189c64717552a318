export interface ShareLimits {
  readonly total: number;
  /** Of one claimant. @default as many as all together */
  readonly each?: number;
}

/**
 * Shares room out: everyone gets the same, and what some do not need goes to the others in equal parts.
 *
 * @param needs by claimant
 * @returns how much each gets; where room is short of one for each, the first have it
 */
export function fairShares(
  needs: ReadonlyMap<string, number>,
  { total, each = total }: ShareLimits,
): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  const smallestFirst = [...needs].sort(([, one], [, other]) => one - other);
  let left = total;
  for (const [index, [name, need]] of smallestFirst.entries()) {
    const share = Math.min(need, each, Math.ceil(left / (smallestFirst.length - index)));
    shares.set(name, share);
    left -= share;
  }
  return shares;
}
