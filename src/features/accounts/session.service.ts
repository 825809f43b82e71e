// The only module that knows lucia: sessions by a random token of which the database keeps the SHA-256.
import { randomBytes } from 'node:crypto';
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia';
import type { AstroCookies } from 'astro';
import type { SessionTable } from '#db/schema.ts';
import type { Config } from '#lib/config.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { requireActor, type Actor } from './actor.ts';
import { insertAuditEvent } from './audit.repository.ts';
import { hasSecondFactor, isStillProof, type Proof } from './credential.repository.ts';
import { renewDeviceSecret, writeDeviceCookie } from './device-cookies.ts';
import { knowDevice } from './known-device.repository.ts';
import { holdPerson } from './person.repository.ts';
import { SESSION_MS, sessionCookieName } from './session-cookie.ts';

type Attributes = Omit<SessionTable, 'tokenHash' | 'personId' | 'expiresAt'>;

declare module 'lucia' {
	interface Register {
		Lucia: ReturnType<typeof createLucia>;
		DatabaseSessionAttributes: Attributes;
	}
}

/** A session ends after two weeks without use, and after {@link SESSION_MS} whatever happens. */
const IDLE = new TimeSpan(14, 'd');
const HOUR_MS = 3_600_000;
/** How long somebody may change how they sign in without giving password or second factor again. */
export const RECENT_MS = 15 * 60_000;

/** A session that a cookie names. */
export type Session = {
	/** Names it in the person's list; not the token. */
	id: string;
	personId: string;
	authenticatedAt: number;
	secondFactorAt: number | null;
	/** The person has a second factor that this session has not been given yet: nobody is signed in. */
	isPending: boolean;
};

function createAdapter(db: Db): Adapter {
	const toSession = ({ tokenHash: _, personId, expiresAt, ...attributes }: SessionTable, id: string) => ({
		id,
		userId: personId,
		expiresAt: new Date(expiresAt),
		attributes,
	});
	return {
		async getSessionAndUser(token): Promise<[DatabaseSession | null, DatabaseUser | null]> {
			const row = await db
				.selectFrom('session')
				.innerJoin('person', 'person.id', 'session.personId')
				.selectAll('session')
				.where('session.tokenHash', '=', sha256Hex(token))
				.where('person.erasedAt', 'is', null)
				.executeTakeFirst();
			if (!row) return [null, null];
			const expiresAt = Math.min(row.expiresAt, row.createdAt + SESSION_MS);
			return [toSession({ ...row, expiresAt }, token), { id: row.personId, attributes: {} }];
		},
		async getUserSessions(userId) {
			const rows = await db.selectFrom('session').selectAll().where('personId', '=', userId).execute();
			return rows.map((row) => toSession(row, row.tokenHash));
		},
		async setSession({ id, userId, expiresAt, attributes }) {
			const row = { tokenHash: sha256Hex(id), personId: userId, expiresAt: expiresAt.getTime() };
			await db
				.insertInto('session')
				.values({ ...attributes, ...row })
				.execute();
		},
		async updateSessionExpiration(token, expiresAt) {
			await db
				.updateTable('session')
				.set({ expiresAt: expiresAt.getTime() })
				.where('tokenHash', '=', sha256Hex(token))
				.execute();
		},
		async deleteSession(token) {
			await db.deleteFrom('session').where('tokenHash', '=', sha256Hex(token)).execute();
		},
		async deleteUserSessions(userId) {
			await db.deleteFrom('session').where('personId', '=', userId).execute();
		},
		async deleteExpiredSessions() {
			await db.deleteFrom('session').where('expiresAt', '<=', Date.now()).execute();
		},
	};
}

const isSecure = (config: Config) => config.publicUrl.startsWith('https:');

function createLucia(db: Db, config: Config) {
	const secure = isSecure(config);
	return new Lucia(createAdapter(db), {
		sessionExpiresIn: IDLE,
		sessionCookie: {
			name: sessionCookieName(config),
			attributes: { secure, sameSite: 'lax', path: '/' },
		},
		getSessionAttributes: ({ id, ...attributes }) => ({ ...attributes, publicId: id }),
	});
}

const lucias = new WeakMap<Db, ReturnType<typeof createLucia>>();
function luciaOf(db: Db, config: Config) {
	let lucia = lucias.get(db);
	if (!lucia) lucias.set(db, (lucia = createLucia(db, config)));
	return lucia;
}

/** `Chrome · Android`: enough to know one's own device again. */
export function deviceLabel(userAgent: string): string {
	const first = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
	const browser = first([
		[/Zalo/i, 'Zalo'],
		[/Edg\//, 'Edge'],
		[/SamsungBrowser/, 'Samsung Internet'],
		[/coc_coc/i, 'Cốc Cốc'],
		[/Firefox|FxiOS/, 'Firefox'],
		[/Chrome|CriOS/, 'Chrome'],
		[/Safari/, 'Safari'],
	]);
	const system = first([
		[/Android/, 'Android'],
		[/iPhone|iPad/, 'iOS'],
		[/Windows/, 'Windows'],
		[/Mac OS X/, 'macOS'],
		[/Linux/, 'Linux'],
	]);
	return [browser, system].filter(Boolean).join(' · ') || '?';
}

/** What a session needs to know of the request that begins it. */
export type Visit = {
	locals: { db: Db; config: Config; now: number };
	cookies: AstroCookies;
	request: Request;
};

/** How what was shown is refused when it was changed or taken away while it was being checked. */
const refusalOf = ({ kind }: Proof): DomainError => {
	if (kind === 'password') return new DomainError('UNAUTHORIZED', 'signInFailed', { field: 'password' });
	if (kind === 'passkey')
		return new DomainError('UNPROCESSABLE_CONTENT', 'passkeyRefused', { field: 'passkey' });
	return new DomainError('UNPROCESSABLE_CONTENT', 'codeWrong', { field: 'code' });
};

/** Holds the person, and refuses what they showed when it is theirs no more. */
async function holdProof(trx: Trx, personId: string, proof: Proof | undefined): Promise<void> {
	await holdPerson(trx, personId);
	if (proof && !(await isStillProof(trx, personId, proof))) throw refusalOf(proof);
}

/**
 * Starts a session and gives the browser its cookie. Any session that the browser had before ends, and those of
 * everybody that have run out leave the table. `isPending`: a second factor is still to come; until then the browser is
 * not known, for a known one has tries of its own. Refuses what was shown when it is the person's no more.
 * @param proof what was shown; undefined when the account was made a moment ago
 */
export async function startSession(
	visit: Visit,
	{ personId, proof }: { personId: string; proof: Proof | undefined },
): Promise<{ isPending: boolean }> {
	const { cookies, request } = visit;
	const { db, config, now } = visit.locals;
	const label = deviceLabel(request.headers.get('user-agent') ?? '');
	await endSession(db, config, cookies);
	const lucia = luciaOf(db, config);
	await lucia.deleteExpiredSessions();
	const session = await lucia.createSession(personId, {
		...{ id: uuidv7(now), label, createdAt: now, lastUsedAt: now, authenticatedAt: now },
		secondFactorAt: proof?.kind === 'passkey' ? now : null,
		mustRotate: 0,
	});
	const cookie = lucia.createSessionCookie(session.id);
	const secrets = renewDeviceSecret(cookies, config);
	// The row is there before what was shown is looked at again: a change ends it, or is seen here.
	const isPending = await inTransaction(db, async (trx) => {
		await holdProof(trx, personId, proof);
		if (proof?.kind !== 'passkey' && (await hasSecondFactor(trx, personId))) return true;
		await knowDevice(trx, personId, secrets, { passwordOnly: 0, now });
		return false;
	}).catch(async (error: unknown) => {
		await lucia.invalidateSession(session.id);
		throw error;
	});
	cookies.set(cookie.name, cookie.value, cookie.attributes);
	if (!isPending) writeDeviceCookie(cookies, secrets.fresh, config);
	return { isPending };
}

/** Gives a session another token: whoever had the old one is out. */
async function rotate(
	db: Db,
	config: Config,
	cookies: AstroCookies,
	{ id, onlyIfDue }: { id: string; onlyIfDue: boolean },
): Promise<void> {
	const token = randomBytes(32).toString('base64url');
	let query = db
		.updateTable('session')
		.set({ tokenHash: sha256Hex(token), mustRotate: 0 })
		.where('id', '=', id);
	if (onlyIfDue) query = query.where('mustRotate', '=', 1);
	// Of two requests at once, one brings the new token.
	if (Number((await query.executeTakeFirst()).numUpdatedRows) === 0) return;
	const cookie = luciaOf(db, config).createSessionCookie(token);
	cookies.set(cookie.name, cookie.value, cookie.attributes);
}

/**
 * The session that the cookie names, or undefined; prolongs a session in use, and gives it another token when the
 * person's roles have changed.
 */
export async function readSession(
	db: Db,
	config: Config,
	cookies: AstroCookies,
	now: number,
): Promise<Session | undefined> {
	const lucia = luciaOf(db, config);
	const token = cookies.get(lucia.sessionCookieName)?.value;
	if (!token) return undefined;
	const { session } = await lucia.validateSession(token);
	// A token that is unknown stays in the browser: of two requests at once, one may have brought a new one.
	if (!session) return undefined;
	if (session.fresh) {
		const cookie = lucia.createSessionCookie(session.id);
		cookies.set(cookie.name, cookie.value, cookie.attributes);
	}
	const { publicId: id, userId: personId, authenticatedAt, secondFactorAt } = session;
	if (session.mustRotate) await rotate(db, config, cookies, { id, onlyIfDue: true });
	if (now - session.lastUsedAt > HOUR_MS)
		await db.updateTable('session').set({ lastUsedAt: now }).where('id', '=', id).execute();
	const isPending = secondFactorAt === null && (await hasSecondFactor(db, personId));
	return { id, personId, authenticatedAt, secondFactorAt, isPending };
}

/** True while the session is there: it may end between the head of a request and the last byte of its body. */
export const isStanding = async (
	db: Db,
	{ id, personId }: Pick<Session, 'id' | 'personId'>,
): Promise<boolean> =>
	(await db
		.selectFrom('session')
		.select('id')
		.where('id', '=', id)
		.where('personId', '=', personId)
		.executeTakeFirst()) !== undefined;

/** Holds the person for a write of theirs, and refuses with 401 when the session that asks for it has ended. */
export async function holdSession(trx: Trx, session: Pick<Session, 'id' | 'personId'>): Promise<void> {
	await holdPerson(trx, session.personId);
	if (!(await isStanding(trx, session))) throw new DomainError('UNAUTHORIZED', 'signInFirst');
}

/** True when the person has shown who they are within the last minutes. */
export const isRecent = (session: Session, now: number): boolean => now - session.authenticatedAt < RECENT_MS;

type Confirmation = {
	/** The session's. */
	id: string;
	personId: string;
	withSecondFactor: boolean;
	/** What was shown; undefined when it was made in this request. */
	proof?: Proof;
};

/**
 * The person has shown again who they are; the session gets another token, and the browser is known from now on.
 * Refuses what was shown when it is the person's no more, and with 401 a session that ended meanwhile.
 */
export async function confirmSession(
	{ locals, cookies }: Visit,
	{ id, personId, withSecondFactor, proof }: Confirmation,
): Promise<void> {
	const { db, config, now } = locals;
	const secrets = renewDeviceSecret(cookies, config);
	await inTransaction(db, async (trx) => {
		await holdProof(trx, personId, proof);
		const { numUpdatedRows } = await trx
			.updateTable('session')
			.set({ authenticatedAt: now, ...(withSecondFactor ? { secondFactorAt: now } : {}) })
			.where('id', '=', id)
			.executeTakeFirst();
		if (Number(numUpdatedRows) === 0) throw new DomainError('UNAUTHORIZED', 'signInFirst');
		await knowDevice(trx, personId, secrets, { passwordOnly: 0, now });
	});
	writeDeviceCookie(cookies, secrets.fresh, config);
	await rotate(db, config, cookies, { id, onlyIfDue: false });
}

const audit = (trx: Trx, action: string, personId: string, now: number) =>
	insertAuditEvent(trx, { action, subjectKind: 'person', subjectId: personId, personId }, now);

/** A person's sessions, the one used last first. */
export const listSessions = (db: Db, personId: string, now: number) =>
	db
		.selectFrom('session')
		.select(['id', 'label', 'createdAt', 'lastUsedAt'])
		.where('personId', '=', personId)
		.where('expiresAt', '>', now)
		.orderBy('lastUsedAt', 'desc')
		.orderBy('id')
		.execute();

/** Ends this browser's session, if it has one. */
export async function endSession(db: Db, config: Config, cookies: AstroCookies): Promise<void> {
	const lucia = luciaOf(db, config);
	const token = cookies.get(lucia.sessionCookieName)?.value;
	if (!token) return;
	await lucia.invalidateSession(token);
	const cookie = lucia.createBlankSessionCookie();
	cookies.set(cookie.name, cookie.value, cookie.attributes);
}

/** Ends one session of the person's list; nothing when it is another person's. Refuses with 401. */
export async function endListedSession(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	await inTransaction(db, async (trx) => {
		const query = trx.deleteFrom('session').where('personId', '=', personId).where('id', '=', id);
		if (Number((await query.executeTakeFirst()).numDeletedRows) > 0)
			await audit(trx, 'session.end', personId, now);
	});
}

/** Ends the person's sessions on all devices but this one. Refuses with 401. */
export async function endOtherSessions(
	db: Db,
	actor: Actor | undefined,
	sessionId: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	await inTransaction(db, async (trx) => {
		if ((await endSessions(trx, personId, sessionId)) > 0)
			await audit(trx, 'session.end-others', personId, now);
	});
}

/** Ends a person's sessions on all devices, or on all but one; how many they were. */
export async function endSessions(trx: Trx, personId: string, exceptId?: string): Promise<number> {
	let query = trx.deleteFrom('session').where('personId', '=', personId);
	if (exceptId !== undefined) query = query.where('id', '!=', exceptId);
	return Number((await query.executeTakeFirst()).numDeletedRows);
}

/** No session counts as shown by a second factor any more: there is none. */
export const forgetSecondFactors = (trx: Trx, personId: string) =>
	trx.updateTable('session').set({ secondFactorAt: null }).where('personId', '=', personId).execute();

/** The person's sessions get another token with their next request. */
export const rotateSessions = (trx: Trx, personId: string) =>
	trx.updateTable('session').set({ mustRotate: 1 }).where('personId', '=', personId).execute();
