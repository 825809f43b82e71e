import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { MAX_WANTED } from './event-need.ts';
import { findNeed, findPledge, setPledge, sumOthers } from './event-need.repository.ts';
import { checkStanding, withHeld, type Holder } from './sign-up.service.ts';

/**
 * Says how many of a needed thing somebody who is signed up brings; none gives it back. No more is promised than is
 * still missing, also when two take the last at once: 409 says how many that is. Fewer is always right. 404, 409 and
 * 422 write nothing.
 */
export const pledge = (
	db: Db,
	by: Holder,
	{ needId, count }: { needId: string; count: number },
	now: number,
): Promise<{ id: string; slug: string }> =>
	withHeld(db, by, async (trx, signUp, event) => {
		checkStanding(signUp, event, now);
		if (signUp.status !== 'active') throw new DomainError('CONFLICT', 'pledgeWithoutPlace');
		const need = await findNeed(trx, needId);
		if (need?.eventId !== event.id) throw new DomainError('NOT_FOUND', 'needUnknown');
		if (!Number.isSafeInteger(count) || count < 0 || count > MAX_WANTED)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'countOutOfRange', {
				...{ field: 'count', values: { min: 0, max: MAX_WANTED } },
			});
		const own = (await findPledge(trx, needId, signUp.id))?.count ?? 0;
		const left = Math.max(0, need.wanted - (await sumOthers(trx, needId, signUp.id)));
		if (count > own && count > left)
			throw new DomainError('CONFLICT', 'needTaken', { field: 'count', values: { count: left } });
		if (count !== own) await setPledge(trx, needId, signUp.id, count);
	});
