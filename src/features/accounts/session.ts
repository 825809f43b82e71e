// The only module that knows lucia: sessions by a random token of which the database keeps the SHA-256.
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia';
import type { AstroCookies } from 'astro';
import type { Config } from '#lib/config.ts';
import type { Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';

declare module 'lucia' {
	interface Register {
		Lucia: ReturnType<typeof createLucia>;
	}
}

/** A session ends after two weeks without use, and after 90 days whatever happens. */
const IDLE = new TimeSpan(14, 'd');
const ABSOLUTE_MS = new TimeSpan(90, 'd').milliseconds();

function createAdapter(db: Db): Adapter {
	const toSession = (row: { personId: string; expiresAt: number }, id: string): DatabaseSession => ({
		id,
		userId: row.personId,
		expiresAt: new Date(row.expiresAt),
		attributes: {},
	});
	return {
		async getSessionAndUser(token): Promise<[DatabaseSession | null, DatabaseUser | null]> {
			const row = await db
				.selectFrom('session')
				.innerJoin('person', 'person.id', 'session.personId')
				.select(['session.personId', 'session.createdAt', 'session.expiresAt'])
				.where('session.tokenHash', '=', sha256Hex(token))
				.where('person.erasedAt', 'is', null)
				.executeTakeFirst();
			if (!row) return [null, null];
			const expiresAt = Math.min(row.expiresAt, row.createdAt + ABSOLUTE_MS);
			return [toSession({ ...row, expiresAt }, token), { id: row.personId, attributes: {} }];
		},
		async getUserSessions(userId) {
			const rows = await db.selectFrom('session').selectAll().where('personId', '=', userId).execute();
			return rows.map((row) => toSession(row, row.tokenHash));
		},
		async setSession(session) {
			await db
				.insertInto('session')
				.values({
					tokenHash: sha256Hex(session.id),
					personId: session.userId,
					createdAt: Date.now(),
					expiresAt: session.expiresAt.getTime(),
				})
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
			name: secure ? '__Host-phien' : 'phien',
			attributes: { secure, sameSite: 'lax', path: '/' },
		},
	});
}

const lucias = new WeakMap<Db, ReturnType<typeof createLucia>>();
function luciaOf(db: Db, config: Config) {
	let lucia = lucias.get(db);
	if (!lucia) lucias.set(db, (lucia = createLucia(db, config)));
	return lucia;
}

/**
 * Starts a session and gives the browser its cookie. Any session that the browser had before ends, and those of
 * everybody that have run out leave the table.
 */
export async function startSession(
	db: Db,
	config: Config,
	cookies: AstroCookies,
	personId: string,
): Promise<void> {
	await endSession(db, config, cookies);
	const lucia = luciaOf(db, config);
	await lucia.deleteExpiredSessions();
	const session = await lucia.createSession(personId, {});
	const cookie = lucia.createSessionCookie(session.id);
	cookies.set(cookie.name, cookie.value, cookie.attributes);
}

/** The person whose session the cookie names, or undefined; prolongs a session in use. */
export async function readSession(
	db: Db,
	config: Config,
	cookies: AstroCookies,
): Promise<string | undefined> {
	const lucia = luciaOf(db, config);
	const token = cookies.get(lucia.sessionCookieName)?.value;
	if (!token) return undefined;
	const { session } = await lucia.validateSession(token);
	if (!session || session.fresh) {
		const cookie = session ? lucia.createSessionCookie(session.id) : lucia.createBlankSessionCookie();
		cookies.set(cookie.name, cookie.value, cookie.attributes);
	}
	return session?.userId;
}

/** Ends this browser's session, if it has one. */
export async function endSession(db: Db, config: Config, cookies: AstroCookies): Promise<void> {
	const lucia = luciaOf(db, config);
	const token = cookies.get(lucia.sessionCookieName)?.value;
	if (!token) return;
	await lucia.invalidateSession(token);
	const cookie = lucia.createBlankSessionCookie();
	cookies.set(cookie.name, cookie.value, cookie.attributes);
}

/** Ends every session of a person, on all devices. */
export async function endAllSessions(db: Db, config: Config, personId: string): Promise<void> {
	await luciaOf(db, config).invalidateUserSessions(personId);
}
