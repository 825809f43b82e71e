// The line of those who wait for a place: first come, first served, and nobody waits behind a group that does not fit.
const HOUR_MS = 60 * 60 * 1000;
const ANSWER_MS = 24 * HOUR_MS;

export type SignUpStatus = 'active' | 'waiting' | 'offered' | 'cancelled';

/**
 * Until when a place that is offered now is held: a day, and no longer than an hour before the start. Undefined when
 * there is no time left to ask: then the place is theirs at once.
 */
export function offerUntil(startsAt: number, now: number): number | undefined {
	const until = Math.min(now + ANSWER_MS, startsAt - HOUR_MS);
	return until > now ? until : undefined;
}

/** Those of the line, first come first, who get a place: whoever does not fit into what is left is passed over for now. */
export function takeFromLine<Each extends { headCount: number }>(
	line: readonly Each[],
	free: number,
): Each[] {
	let left = free;
	return line.filter(({ headCount }) => {
		if (headCount > left) return false;
		left -= headCount;
		return true;
	});
}

/** An offer that nobody took up in time. */
export const isLapsed = (each: { status: SignUpStatus; offeredUntil: number | null }): boolean =>
	each.status === 'cancelled' && each.offeredUntil !== null;

/** An offer that can still be taken up; the server may not have ended it yet. */
export const isOffer = (each: { status: SignUpStatus; offeredUntil: number | null }, now: number): boolean =>
	each.status === 'offered' && each.offeredUntil !== null && each.offeredUntil > now;
