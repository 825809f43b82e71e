// A follow is somebody's wish to be told of a kind of news about something, by one way.
import { timingSafeEqual } from 'node:crypto';
import { readSignInName } from '#features/accounts/account.ts';
import { DomainError } from '#lib/errors.ts';
import type { Locale } from '#lib/i18n.ts';
import { keyedHash, seal, unseal, type Secret } from '#lib/secret.ts';
import type { FollowTable } from '#db/schema.ts';
import type { NewsKind } from './news.ts';

export type TargetKind = FollowTable['targetKind'];
export type Target = { kind: TargetKind; id: string };

export type FollowKind = 'new' | 'change' | 'full' | 'reminder';

/** What can be told of each target; `own` is what somebody signed up for, and what their roles ask of them. */
export const KINDS_OF: Record<TargetKind, readonly FollowKind[]> = {
	ward: ['new', 'change'],
	organisation: ['new', 'change'],
	house: ['new', 'change'],
	event: ['change'],
	own: ['change', 'full', 'reminder'],
};

export const KIND_OF_NEWS: Record<NewsKind, FollowKind> = {
	'event.announced': 'new',
	'event.changed': 'change',
	'event.cancelled': 'change',
	'event.restored': 'change',
	'sign-up.offered': 'change',
	'house.full': 'full',
	'report.overdue': 'reminder',
};

/** How an address names a target: `?phuong=tt-2025`, `?nha=NNX-001`. */
const TARGET_NAMES = {
	ward: 'phuong',
	organisation: 'to-chuc',
	house: 'nha',
	event: 'su-kien',
} as const satisfies Record<Exclude<TargetKind, 'own'>, string>;

/** More than anybody reads. */
export const MAX_FOLLOWS = 50;
export const MAX_RECIPIENTS = 10;
/** A letter that asks is answered by then. */
export const CONFIRM_MS = 48 * 3_600_000;

export const readKinds = (text: string): FollowKind[] =>
	text.split(',').filter((each): each is FollowKind => each in { new: 1, change: 1, full: 1, reminder: 1 });

/** The kinds of news that were ticked, of those that the target has. Refuses with 422 none of them. */
export function requireKinds({ kind }: Pick<Target, 'kind'>, ticked: string[]): string {
	const kinds = KINDS_OF[kind].filter((each) => ticked.includes(each));
	if (kinds.length > 0) return kinds.join(',');
	throw new DomainError('UNPROCESSABLE_CONTENT', 'newsKindMissing', { field: 'kinds' });
}

/** A mail address in lower case. Refuses with 422. */
export function requireEmail(text: string): string {
	const name = readSignInName(text);
	if (name && 'email' in name && !/[\r\n]/.test(text)) return name.email;
	throw new DomainError('UNPROCESSABLE_CONTENT', 'emailInvalid', { field: 'email' });
}

/** What the letter asks that goes to an address before anything is written of it. */
export type Wish = {
	email: string;
	target: Target;
	kinds: string;
	locale: Locale;
	personId: string | null;
	deviceAliasId: string | null;
	until: number;
};

const WISH = 'follow-wish';

/** The wish itself, sealed: the address stands nowhere until its holder has said yes. */
export const wishToken = (secret: Secret, { target, ...wish }: Wish): string =>
	seal(
		secret,
		WISH,
		JSON.stringify([
			...[wish.email, target.kind, target.id, wish.kinds, wish.locale],
			...[wish.personId, wish.deviceAliasId, wish.until],
		]),
		WISH,
	);

/** Refuses with 404 what this portal has not sealed, and what has lapsed. */
export function requireWish(secret: Secret, token: string, now: number): Wish {
	const text = /^[\w-]{40,1000}$/.test(token) ? unseal(secret, WISH, token, WISH) : undefined;
	const [email, kind, id, kinds, locale, personId, deviceAliasId, until] = JSON.parse(text ?? '[]') as [
		...[string, TargetKind, string, string, Locale],
		...[string | null, string | null, number],
	];
	if (text === undefined || until <= now) throw new DomainError('NOT_FOUND', 'followLinkOver');
	return { email, target: { kind, id }, kinds, locale, personId, deviceAliasId, until };
}

const STOP = 'follow-stop';
const markOf = (secret: Secret, recipientId: string) => keyedHash(secret, STOP, recipientId).slice(0, 32);

/** The end of the link by which a recipient stops, for as long as messages bear it; nothing of it is stored. */
export const stopToken = (secret: Secret, recipientId: string): string =>
	`${recipientId}.${markOf(secret, recipientId)}`;

/** Whose link it is; the recipient may have stopped already. Refuses with 404 one that this portal has not made. */
export function requireStopToken(secret: Secret, token: string): string {
	const [, id, mark] = /^([0-9a-f-]{36})\.([0-9a-f]{32})$/.exec(token) ?? [];
	if (id && mark && timingSafeEqual(Buffer.from(mark), Buffer.from(markOf(secret, id)))) return id;
	throw new DomainError('NOT_FOUND', 'followLinkOver');
}

/** A target as an address or a form names it. */
export type NamedTarget = { kind: TargetKind; name: string };
type NamedKind = keyof typeof TARGET_NAMES;

/** What an address or a form asks for: the first that it names; of neither, nothing. */
export function readTarget(get: (name: string) => string): NamedTarget | undefined {
	if (get('cua-toi') !== '') return { kind: 'own', name: '' };
	const kind = (Object.keys(TARGET_NAMES) as NamedKind[]).find((each) => get(TARGET_NAMES[each]) !== '');
	return kind && { kind, name: get(TARGET_NAMES[kind]) };
}

/** The field, in an address or a form, that names a target. */
export const targetField = ({ kind, name }: NamedTarget): [name: string, value: string] =>
	kind === 'own' ? ['cua-toi', '1'] : [TARGET_NAMES[kind], name];

/** The page on which something can be followed. */
export function followPath(target: NamedTarget, done?: string): string {
	const query = new URLSearchParams([targetField(target)]);
	if (done !== undefined) query.set('xong', done);
	return `/theo-doi?${query.toString()}`;
}
