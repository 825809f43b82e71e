// Following and stopping. Whoever follows by mail without having shown that the address is theirs is asked by a letter
// first; until they answer nothing is written of them but the letter that waits to be sent.
import type { Actor } from '#features/accounts/actor.ts';
import { findPerson, holdPerson } from '#features/accounts/person.repository.ts';
import { inTransaction, lockName, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import type { Locale } from '#lib/i18n.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { keyedHash, type Secret } from '#lib/secret.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { RecipientTable } from '#db/schema.ts';
import {
	CONFIRM_MS,
	KINDS_OF,
	MAX_FOLLOWS,
	MAX_RECIPIENTS,
	requireEmail,
	requireKinds,
	requireStopToken,
	requireWish,
	wishToken,
	type Target,
	type TargetKind,
} from './follow.ts';
import { forgetPerson, hasMessage, insertMessages } from './outbox-message.repository.ts';
import { checkSubscription, type Subscription } from './push-endpoint.ts';
import {
	countFollows,
	countRecipients,
	deleteFollow,
	deleteRecipients,
	findFollow,
	findRecipientOf,
	findTarget,
	hasFollow,
	insertFollowOnce,
	insertRecipient,
	listRecipientsOf,
	setKinds,
	updateRecipient,
	upsertFollow,
} from './recipient.repository.ts';

/** Letters that ask, to one address: somebody else may have written it. */
const PER_EMAIL = { limit: 5, windowMs: 24 * 3_600_000 };

/** What the portal can send by, and where pushes may go. */
export type Ways = { email: boolean; push: boolean; pushHosts: string[] };

export type FollowInput = {
	/** The form's id: sent twice it asks once. */
	id: string;
	target: { kind: TargetKind; name: string };
	kinds: string[];
	by: { channel: 'email'; email: string } | ({ channel: 'push' } & Subscription);
	locale: Locale;
};
/** Whoever follows: an account, or the household whose device it is, or nobody known. */
export type Follower = {
	actor: Actor | undefined;
	deviceAliasId: string | undefined;
	/** In which they asked: a browser is told of what is its person's own only while it stands. */
	sessionId?: string | undefined;
};

/** Samples are for sample people, and tell nobody else of anything. Refuses with 404 and 403. */
async function requireTarget(
	db: Db,
	{ kind, name }: FollowInput['target'],
	isSample: boolean,
	hasAccount: boolean,
): Promise<Target> {
	const found = await findTarget(db, kind, name);
	if (!found || (kind === 'own' && !hasAccount)) throw new DomainError('NOT_FOUND', 'nothingToFollow');
	if (found.isSample !== null && (found.isSample === 1) !== isSample)
		throw new DomainError('FORBIDDEN', isSample ? 'sampleOnReal' : 'sampleNotFollowed');
	return { kind, id: found.id };
}

type Follow = { target: Target; kinds: string };

async function addFollow(trx: Trx, recipientId: string, { target, kinds }: Follow, now: number) {
	if (!(await hasFollow(trx, recipientId, target)) && (await countFollows(trx, recipientId)) >= MAX_FOLLOWS)
		throw new DomainError('CONFLICT', 'tooManyFollows', { values: { max: MAX_FOLLOWS } });
	const row = { id: uuidv7(now), recipientId, targetKind: target.kind, targetId: target.id, kinds };
	await upsertFollow(trx, { ...row, createdAt: now });
}

const NO_BROWSER = { p256dh: null, auth: null, sessionId: null };

type NewRecipient = Omit<RecipientTable, 'id' | 'createdAt'>;

/** An account is told by it of its own too, until they say otherwise. */
async function ensureRecipient(trx: Trx, row: NewRecipient, now: number): Promise<string> {
	const { personId, locale, p256dh, auth, deviceAliasId, sessionId } = row;
	const found = await findRecipientOf(trx, row);
	if (found) {
		const device = deviceAliasId === null ? {} : { deviceAliasId };
		await updateRecipient(trx, found.id, { locale, p256dh, auth, sessionId, ...device });
		return found.id;
	}
	if (personId !== null && (await countRecipients(trx, personId)) >= MAX_RECIPIENTS)
		throw new DomainError('CONFLICT', 'tooManyRecipients', { values: { max: MAX_RECIPIENTS } });
	const id = uuidv7(now);
	await insertRecipient(trx, { ...row, id, createdAt: now });
	if (personId !== null) {
		const own = { targetKind: 'own' as const, targetId: '', kinds: KINDS_OF.own.join(',') };
		await insertFollowOnce(trx, { ...own, id: uuidv7(now), recipientId: id, createdAt: now });
	}
	return id;
}

/** One at a time for each address, so that no limit is passed by two at once. */
const followBy = (db: Db, row: NewRecipient, wish: Follow, now: number): Promise<void> =>
	retryWhenTaken(() =>
		inTransaction(db, async (trx) => {
			if (row.personId !== null) await holdPerson(trx, row.personId);
			await lockName(trx, `follow:${row.personId ?? row.address}`);
			await addFollow(trx, await ensureRecipient(trx, row, now), wish, now);
		}),
	);

/**
 * Follows something. A browser that takes pushes follows at once, and so does an account by an address that it has
 * shown to be its own; any other address gets a letter that asks, and the answer is the same whoever it belongs to.
 * Refuses with 403, 404, 409 and 422, and with 429 a letter too many; writes nothing then.
 */
export async function follow(
	db: Db,
	secret: Secret,
	ways: Ways,
	{ id, by, locale, ...input }: FollowInput,
	{ actor, deviceAliasId: aliasId, sessionId }: Follower,
	now: number,
): Promise<'asked' | 'done'> {
	const isSample = actor?.isSample ?? false;
	const target = await requireTarget(db, input.target, isSample, actor !== undefined);
	const kinds = requireKinds(target, input.kinds);
	const [personId, deviceAliasId] = [actor?.personId ?? null, aliasId ?? null];
	const shared = { locale, personId, deviceAliasId, isSample: isSample ? (1 as const) : (0 as const) };
	if (by.channel === 'push') {
		if (!ways.push) throw new DomainError('CONFLICT', 'pushOff');
		checkSubscription(by, ways.pushHosts);
		const { endpoint: address, p256dh, auth } = by;
		const browser = { channel: 'push' as const, address, p256dh, auth, sessionId: sessionId ?? null };
		await followBy(db, { ...shared, ...browser }, { target, kinds }, now);
		return 'done';
	}
	if (!ways.email) throw new DomainError('CONFLICT', 'mailOff');
	const email = requireEmail(by.email);
	const row = { ...shared, channel: 'email' as const, address: email, ...NO_BROWSER };
	if (personId !== null && (await findRecipientOf(db, row))) {
		await followBy(db, row, { target, kinds }, now);
		return 'done';
	}
	// A form that comes again with another address or other kinds asks for something else.
	const asked = keyedHash(secret, 'follow-asked', JSON.stringify([email, target.kind, target.id, kinds]));
	const dedupeKey = `wish:${id}:${asked.slice(0, 32)}`;
	if (await hasMessage(db, dedupeKey)) return 'asked';
	await takeRate(db, `follow:${email}`, PER_EMAIL, now);
	const content = wishToken(secret, {
		email,
		target,
		kinds,
		locale,
		personId,
		deviceAliasId,
		until: now + CONFIRM_MS,
	});
	await inTransaction(db, (trx) =>
		insertMessages(trx, [
			{
				...{ id: uuidv7(now), dedupeKey, newsId: null, recipientId: null, personId: null, channel: 'email' },
				...{ address: email, content, dueAt: now, createdAt: now },
			},
		]),
	);
	return 'asked';
}

/** What a letter's link asks, for the page that asks once more. Refuses with 404. */
export async function readWish(db: Db, secret: Secret, token: string, now: number) {
	const wish = requireWish(secret, token, now);
	const target = await findTarget(db, wish.target.kind, wish.target.id);
	if (!target) throw new DomainError('NOT_FOUND', 'followLinkOver');
	return { ...wish, target };
}

/** The address is its writer's: they follow from now on. A second time changes nothing. Refuses with 404 and 409. */
export async function confirmFollow(db: Db, secret: Secret, token: string, now: number): Promise<void> {
	const { email, target, kinds, locale, personId, deviceAliasId } = await readWish(db, secret, token, now);
	const person = personId === null ? undefined : await findPerson(db, personId);
	if (personId !== null && !person) throw new DomainError('NOT_FOUND', 'followLinkOver');
	const row = { channel: 'email' as const, address: email, ...NO_BROWSER, locale, personId };
	const isSample = person?.isSample ?? 0;
	await followBy(db, { ...row, deviceAliasId, isSample }, { target, kinds }, now);
}

/** How somebody shows that a follow is theirs: the link in their messages, or their account. */
export type Owner = { token: string } | { actor: Actor | undefined };

async function requireOwn(db: Db, secret: Secret, owner: Owner, followId: string) {
	const found = await findFollow(db, followId);
	const isOwn =
		'token' in owner
			? requireStopToken(secret, owner.token) === found?.recipientId
			: owner.actor !== undefined && found?.personId === owner.actor.personId;
	if (!found || !isOwn) throw new DomainError('NOT_FOUND', 'followUnknown');
	return found;
}

/** Other kinds of news of the same. Refuses with 404 what is not theirs, with 422 none. */
export async function changeFollow(
	db: Db,
	secret: Secret,
	owner: Owner,
	{ id, kinds }: { id: string; kinds: string[] },
): Promise<void> {
	const { targetKind } = await requireOwn(db, secret, owner, id);
	const chosen = requireKinds({ kind: targetKind }, kinds);
	await inTransaction(db, (trx) => setKinds(trx, id, chosen));
}

/** No longer follows this; who follows nothing any more is forgotten. Refuses with 404 what is not theirs. */
export async function unfollow(db: Db, secret: Secret, owner: Owner, id: string, now: number): Promise<void> {
	const { recipientId } = await requireOwn(db, secret, owner, id);
	await inTransaction(db, async (trx) => {
		await deleteFollow(trx, id);
		if ((await countFollows(trx, recipientId)) === 0) await deleteRecipients(trx, [recipientId], now);
	});
}

/** One tap in any message stops them all, and forgets the address. A second time changes nothing. Refuses with 404. */
export async function stopAll(db: Db, secret: Secret, token: string, now: number): Promise<void> {
	const id = requireStopToken(secret, token);
	await inTransaction(db, (trx) => deleteRecipients(trx, [id], now));
}

/** Forgets by which ways a person, and the devices linked to them, are told, and that they were. */
export const forgetRecipients = async (trx: Trx, personId: string, now: number): Promise<void> => {
	const ids = (await listRecipientsOf(trx, personId)).map(({ id }) => id);
	await deleteRecipients(trx, ids, now);
	await forgetPerson(trx, personId);
};
