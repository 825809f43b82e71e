// A change about a Green Sunday that people counted on: when it is, where they meet, or that it does not take place.
import type { EventChangeTable } from '#db/schema.ts';
import { splitReason } from '#features/notifications/cause.ts';
import { placeText, type CleanupEvent } from './cleanup-event.ts';
import { offerUntil, type SignUpStatus } from './sign-up-line.ts';

/** A change can be taken back this long. */
export const UNDO_MS = 60 * 60 * 1000;

/** A place that is held, or was. */
export type Offer = { id: string; status: SignUpStatus; offeredUntil: number | null };

/** What of an event's own row a change touches. */
const COLUMNS = [
	...(['startsAt', 'endsAt', 'greenHouseId', 'adminUnitId', 'assemblyPoint'] as const),
	...(['latitude', 'longitude', 'status', 'cancelledAt', 'cancelReason', 'contentHash'] as const),
	'isApart' as const,
];
/** With the names of then, by which people read it. */
const NAMES = ['houseName', 'wardNameVi', 'wardNameEn'] as const;

export type Columns = Pick<CleanupEvent, (typeof COLUMNS)[number]>;
export type Stand = Columns & Pick<CleanupEvent, (typeof NAMES)[number]> & { offers: Offer[] };

export type EventChange = Omit<EventChangeTable, 'stood' | 'stands'> & { stood: Stand; stands: Stand };

const pick = <T extends object, K extends keyof T>(from: T, names: readonly K[]) =>
	Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;

export const standOf = (event: CleanupEvent, offers: Offer[]): Stand => ({
	...pick(event, [...COLUMNS, ...NAMES]),
	offers,
});

/** What is put back into the event's row. */
export const columnsOf = (stand: Stand): Columns => pick(stand, COLUMNS);

/** A held place after the start has moved: never held past an hour before it, theirs at once where no time is left to ask. */
export function moveOffer(offer: Offer, startsAt: number, now: number): Offer {
	const limit = offerUntil(startsAt, now);
	if (limit === undefined) return { ...offer, status: 'active', offeredUntil: null };
	return { ...offer, offeredUntil: Math.min(offer.offeredUntil ?? limit, limit) };
}

/** A held place as it stood; one whose time ran out meanwhile, through no fault of theirs, is held anew. */
export const returnOffer = (offer: Offer, startsAt: number, now: number): Offer =>
	offer.offeredUntil !== null && offer.offeredUntil <= now
		? moveOffer({ ...offer, offeredUntil: null }, startsAt, now)
		: offer;

type Undoable = Pick<EventChange, 'changedAt' | 'undoneAt' | 'sequence'>;

/** Whether the page offers to take a change back. */
export const canUndo = (change: Undoable, event: Pick<CleanupEvent, 'sequence'>, now: number): boolean =>
	change.undoneAt === null && now <= change.changedAt + UNDO_MS && event.sequence === change.sequence;

/** Where a change of time or place that stands came from, and why: `; ` between the reasons of several. */
export type Moved = {
	time?: Pick<CleanupEvent, 'startsAt' | 'endsAt'> & { reason: string };
	place?: Pick<Stand, 'assemblyPoint' | 'houseName' | 'wardNameVi' | 'wardNameEn'> & { reason: string };
};
type Place = Parameters<typeof placeText>[0];

/** What was chosen and what was typed beside it, as one part of a sentence: `Mưa bão, đường ngập`. */
function reasonText(reason: string): string {
	const { chosen, typed } = splitReason(reason, 'vi');
	const parts = [chosen, typed].map((part) => part.trim().replace(/\.$/, ''));
	return parts.filter(Boolean).join(', ');
}

/** What was announced at first and no longer holds, of an event with these changes, the last first. */
export function movedFrom(
	event: Pick<CleanupEvent, 'startsAt'> & Place,
	changes: readonly Pick<EventChange, 'kind' | 'undoneAt' | 'reason' | 'stood'>[],
): Moved {
	const of = (kind: EventChange['kind']) => {
		const standing = changes.filter((each) => each.kind === kind && each.undoneAt === null).toReversed();
		const reasons = standing.map(({ reason }) => reasonText(reason)).filter(Boolean);
		return { first: standing[0]?.stood, reason: [...new Set(reasons)].join('; ') };
	};
	const [time, place] = [of('postpone'), of('move')];
	return {
		...(time.first && time.first.startsAt !== event.startsAt
			? { time: { ...pick(time.first, ['startsAt', 'endsAt']), reason: time.reason } }
			: {}),
		...(place.first && placeText(place.first, 'vi') !== placeText(event, 'vi')
			? {
					place: {
						...pick(place.first, ['assemblyPoint', ...NAMES]),
						reason: place.reason,
					},
				}
			: {}),
	};
}
