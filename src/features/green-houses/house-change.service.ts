import {
	requireActor,
	requireGrant,
	requireSameKind,
	type Act,
	type Actor,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { unitInText } from '#features/places/place.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import type { Locale } from '#lib/i18n.ts';
import { startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';
import type { GreenHouseTable, HouseChangeTable } from '#db/schema.ts';
import { findGreenHouse, findGreenHouseByCode, updateGreenHouse } from './green-house.repository.ts';
import { houseScopes, type GreenHouse } from './green-house.ts';
import { checkInWard, valuesThatDiffer, type HouseValues, type Position } from './house-change.ts';
import {
	findHouseChange,
	findLastDropOff,
	findLastPlaced,
	insertHouseChange,
	waitingInOpenCycle,
} from './house-change.repository.ts';

const NOON_MS = 12 * 60 * 60 * 1000;

export type ChangeInput = {
	/** Minted with the form: the same change sent twice is one. */
	id: string;
	greenHouseCode: string;
	happenedOn: LocalDate;
	reason: string;
};

/** What a change does to the register, and what it writes down of it. */
type Plan = {
	changes: Partial<
		Pick<GreenHouseTable, 'latitude' | 'longitude' | 'accuracyM' | 'positionSource' | 'address'>
	> &
		Partial<Pick<GreenHouseTable, 'status' | 'closedOn' | 'successorId'>>;
	before: HouseValues;
	after: HouseValues;
	/** False: only written down, because something later is known already. */
	applies?: boolean;
};

type Asked = {
	kind: HouseChangeTable['kind'];
	act: (house: GreenHouse) => Act;
	/** What the input says beside its date and reason; part of the content. */
	content: Record<string, string | null>;
	/** Another house that must stay as it is meanwhile. */
	successor?: GreenHouse | undefined;
	needsReason: boolean;
	plan: (trx: Trx, house: GreenHouse, happenedAt: number) => Promise<Plan> | Plan;
};

const conflict = (key: 'housePausedAlready' | 'houseIsOpen' | 'houseIsClosed'): never => {
	throw new DomainError('CONFLICT', key);
};

/**
 * Writes one change under the house's lock. The same id with the same content changes nothing. Refuses with 401, 403 and
 * 404, with 422 a day to come and a reason that is missing, with 409 the same id with other content.
 */
async function change(
	db: Db,
	actor: Actor | undefined,
	raw: ChangeInput,
	now: number,
	{ kind, act, content, successor, needsReason, plan }: Asked,
): Promise<void> {
	requireActor(actor);
	const found = await findGreenHouseByCode(db, raw.greenHouseCode, now);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownHouse', { field: 'house' });
	const scopes = houseScopes(found);
	let grant = requireGrant(actor, act(found), scopes);
	requireSameKind(actor, found.isSample === 1);
	const { id, happenedOn } = raw;
	const reason = cleanText(raw.reason, { max: 200 });
	const contentHash = sha256Hex(canonicalJson({ house: found.id, kind, happenedOn, reason, ...content }));
	const write = async (trx: Trx): Promise<void> => {
		// Always in one order, for two houses may be merged into each other at once.
		for (const houseId of [found.id, ...(successor ? [successor.id] : [])].sort())
			await lockRow(trx, 'green_house', houseId);
		const existing = await findHouseChange(trx, id);
		if (existing?.contentHash === contentHash && existing.recordedBy === grant.id) return;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		const house = (await findGreenHouse(trx, found.id, now))!;
		// It may have closed since it was looked up, and then more is asked of who opens it.
		grant = requireGrant(actor, act(house), scopes);
		if (happenedOn > toLocalDate(now))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'happenedOn' });
		if (needsReason && reason === '')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		// Today is now, after all that was said today; on another day noon stands for the hour nobody wrote down.
		const isToday = happenedOn === toLocalDate(now);
		const happenedAt = isToday ? now : startOfLocalDate(happenedOn) + NOON_MS;
		const { changes, before, after, applies = true } = await plan(trx, house, happenedAt);
		await holdGrant(trx, grant.id, now);
		if (applies) await updateGreenHouse(trx, house.id, changes);
		const values = valuesThatDiffer(before, after);
		await insertHouseChange(trx, {
			...{ id, greenHouseId: house.id, kind, happenedAt, recordedAt: now, recordedBy: grant.id, reason },
			...{ successorId: successor?.id ?? null, photoId: null, contentHash, isSample: house.isSample },
			beforeValues: JSON.stringify(values?.before ?? {}),
			afterValues: JSON.stringify(values?.after ?? {}),
		});
		const event = { action: `green-house.${kind}`, subjectKind: 'green_house', subjectId: house.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

/** The house takes nothing for a while. Refuses also with 409 one that is paused or closed. */
export const pauseHouse = (db: Db, actor: Actor | undefined, input: ChangeInput, now: number) =>
	change(db, actor, input, now, {
		...{ kind: 'pause', act: () => 'green-house.change', content: {}, needsReason: true },
		plan: (_trx, { status }) => {
			if (status === 'closed') return conflict('houseIsClosed');
			if (status === 'paused') return conflict('housePausedAlready');
			return { changes: { status: 'paused' }, before: { status }, after: { status: 'paused' } };
		},
	});

/**
 * The house takes things again. One that was closed is opened by whoever may close it, and nobody takes over for it any
 * more. Refuses also with 409 one that is open.
 */
export const reopenHouse = (db: Db, actor: Actor | undefined, input: ChangeInput, now: number) =>
	change(db, actor, input, now, {
		...{ kind: 'reopen', content: {}, needsReason: false },
		act: ({ status }) => (status === 'closed' ? 'green-house.close' : 'green-house.change'),
		plan: (_trx, { status, closedOn }) => {
			if (status === 'active') return conflict('houseIsOpen');
			return {
				changes: { status: 'active', closedOn: null, successorId: null },
				before: { status, closedOn },
				after: { status: 'active', closedOn: null },
			};
		},
	});

export type MoveInput = ChangeInput & Position & { address: string; farConfirmed: boolean; locale: Locale };

/**
 * The house stands somewhere else in its ward from a day on; a typed position is approximate until somebody surveys it.
 * What was moved before the last survey or move is only written down. Refuses also with 422 the old place and a place
 * outside the ward that is not confirmed, with 409 a closed house.
 */
export const moveHouse = (db: Db, actor: Actor | undefined, input: MoveInput, now: number) => {
	const { latitude, longitude } = input;
	const address = cleanText(input.address, { max: 160 });
	return change(db, actor, input, now, {
		...{ kind: 'move', act: () => 'green-house.change', needsReason: false },
		content: { latitude: String(latitude), longitude: String(longitude), address },
		plan: async (trx, house, happenedAt) => {
			if (house.status === 'closed') return conflict('houseIsClosed');
			const isSamePlace = house.latitude === latitude && house.longitude === longitude;
			if (isSamePlace && house.address === address)
				throw new DomainError('UNPROCESSABLE_CONTENT', 'moveNothing', { field: 'latitude' });
			checkInWard(house, input, input.farConfirmed, unitInText(house.ward, input.locale));
			const moved = {
				...{ latitude, longitude, accuracyM: null },
				positionSource: house.isSample === 1 ? ('sample' as const) : ('approximate' as const),
			};
			const { accuracyM, positionSource } = house;
			const place = { latitude: house.latitude, longitude: house.longitude, accuracyM, positionSource };
			const after = isSamePlace ? { address } : { ...moved, address };
			return {
				changes: after,
				before: { ...place, address: house.address },
				after,
				applies: happenedAt >= ((await findLastPlaced(trx, house.id))?.happenedAt ?? 0),
			};
		},
	});
};

export type CloseInput = ChangeInput & {
	/** The code of the house that takes over; '' for none. */
	successor: string;
};

/** The house that takes over, of the same kind. Refuses with 422. */
async function findSuccessor(db: Db, { successor, greenHouseCode }: CloseInput, now: number) {
	if (successor === '') return undefined;
	const refuse = (key: 'successorUnknown' | 'successorItself' | 'successorClosed'): never => {
		throw new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'successor' });
	};
	const house = await findGreenHouseByCode(db, greenHouseCode, now);
	const found = await findGreenHouseByCode(db, successor, now);
	if (!found || (house && found.isSample !== house.isSample)) return refuse('successorUnknown');
	if (found.id === house?.id) return refuse('successorItself');
	if (found.status === 'closed') return refuse('successorClosed');
	return found;
}

const closing = (kind: 'close' | 'merge', input: CloseInput, successor: GreenHouse | undefined): Asked => ({
	...{ kind, act: () => 'green-house.close' as const, needsReason: true, successor },
	content: { successor: successor?.id ?? null },
	plan: async (trx, house) => {
		if (house.status === 'closed') return conflict('houseIsClosed');
		if (successor && (await findGreenHouse(trx, successor.id, 0))?.status === 'closed')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'successorClosed', { field: 'successor' });
		const { dropOffs, kept } = await waitingInOpenCycle(trx, house.id);
		if (dropOffs > 0) throw new DomainError('CONFLICT', 'cycleHoldsGoods', { values: { count: dropOffs } });
		if (kept > 0) throw new DomainError('CONFLICT', 'cycleHoldsKept');
		const closedOn = input.happenedOn;
		const last = await findLastDropOff(trx, house.id);
		if (last !== undefined && closedOn < toLocalDate(last)) {
			const values = { date: toLocalDate(last) };
			throw new DomainError('UNPROCESSABLE_CONTENT', 'closedBeforeDropOff', { field: 'happenedOn', values });
		}
		return {
			changes: { status: 'closed', closedOn, successorId: successor?.id ?? null },
			before: { status: house.status, closedOn: house.closedOn },
			after: { status: 'closed', closedOn },
		};
	},
});

/**
 * The house takes nothing more after a day; another one may take over. What its open cycle holds is emptied first.
 * Refuses also with 422 a day before its last drop-off and a house that cannot take over, with 409 a closed house and one
 * whose open cycle holds something.
 */
export async function closeHouse(db: Db, actor: Actor | undefined, input: CloseInput, now: number) {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (house) requireGrant(actor, 'green-house.close', houseScopes(house));
	await change(db, actor, input, now, closing('close', input, await findSuccessor(db, input, now)));
}

/** Like {@link closeHouse}, with another house always taking over. */
export async function mergeHouse(db: Db, actor: Actor | undefined, input: CloseInput, now: number) {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (house) requireGrant(actor, 'green-house.close', houseScopes(house));
	const successor = await findSuccessor(db, input, now);
	if (!successor) throw new DomainError('UNPROCESSABLE_CONTENT', 'successorMissing', { field: 'successor' });
	await change(db, actor, input, now, closing('merge', input, successor));
}
