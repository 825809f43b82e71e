// The list on a lead's phone, and what that phone says by way of the outbox.
import type { OutboxItem } from '../outbox/outbox.ts';
import { saidAt, type Figure, type Fresh, type List } from './attendance.ts';

/** A fresh list may have been made a moment before what this phone sent arrived. */
const MOMENT_MS = 5 * 60 * 1000;

export const isAboutEvent = ({ kind, body }: OutboxItem, event: string): boolean =>
	kind === 'attendance' && body?.['event_id'] === event;

type Said = Pick<Figure, 'id' | 'signUpId' | 'isChoice' | 'heads' | 'minors'>;

/**
 * What the phone says, as the outbox holds it. When it was said is what the clock shows now, and how long after the list
 * came, for a clock may be wrong and be put right before the record is sent; that it was said later than all before
 * stands apart.
 */
export function itemOf(
	{ event, account, device, figures, now: givenAt, savedAt }: List,
	{ id, signUpId, isChoice, heads, minors }: Said,
	now: number,
	shown: { language: string; text: (at: number) => string; correctPath: string },
): OutboxItem {
	const own = figures.filter((each) => each.device === device).map(({ statedAt }) => statedAt);
	const statedAt = Math.max(now, ...own.map((before) => before + 1));
	return {
		id,
		kind: 'attendance',
		body: {
			...{ id, account, event_id: event, sign_up_id: signUpId, device, is_choice: isChoice, heads, minors },
			checked_in_at: new Date(now).toISOString(),
			stated_at: new Date(statedAt).toISOString(),
			list_given_at: new Date(givenAt).toISOString(),
			list_age_ms: now - savedAt,
		},
		...shown,
		text: shown.text(now),
		madeAt: now,
	};
}

/** When it was said by the portal's clock, as far as the phone knows. */
function portalTimeOf({ body, madeAt }: OutboxItem): number {
	const givenAt = Date.parse(String(body['list_given_at']));
	return Number.isNaN(givenAt) ? madeAt : saidAt({ givenAt, ageMs: Number(body['list_age_ms']) });
}

/** The figure that an item of the outbox is. */
export function figureOf(item: OutboxItem): Figure {
	const { id, body, madeAt } = item;
	const statedAt = Date.parse(String(body['stated_at'])) || madeAt;
	const said = body as { sign_up_id: string | null; device: string; is_choice: boolean; heads: number };
	return {
		...{ id, signUpId: said.sign_up_id, device: said.device, isChoice: said.is_choice, heads: said.heads },
		...{ minors: body['minors'] as number | null, statedAt, at: portalTimeOf(item) },
	};
}

/**
 * The portal's list with what this phone has said since: what waits, and what was sent a moment ago. What the portal
 * refused counts no more. Another account's phone is another one.
 */
export function mergeList(
	known: Fresh,
	stored: List | undefined,
	items: OutboxItem[],
	{ now, mintId }: { now: number; mintId: () => string },
): List {
	const isOwn = stored?.account === known.account;
	const device = isOwn ? stored.device : mintId();
	const isFresh = known !== stored;
	const sent =
		isOwn && isFresh
			? stored.figures.filter((each) => each.device === device && each.at > known.now - MOMENT_MS)
			: [];
	const own = items.filter(({ body }) => body['account'] === known.account);
	const waiting = own.filter(({ refusal }) => refusal === undefined).map(figureOf);
	const refused = new Set(own.flatMap(({ id, refusal }) => (refusal === undefined ? [] : [id])));
	const figures = new Map([...sent, ...waiting, ...known.figures].map((each) => [each.id, each]));
	return {
		...known,
		device,
		savedAt: isFresh ? now : stored.savedAt,
		figures: [...figures.values()].filter(({ id }) => !refused.has(id)),
	};
}
