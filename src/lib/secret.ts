// The portal's own secret: it stands outside the database, so that a copy of the tables alone opens nothing.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, type Config } from './config.ts';

/** 256 bits from which a key for each purpose is derived. */
export type Secret = Uint8Array;

function readKeyFile(file: string): Secret | undefined {
	try {
		return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
	} catch (error) {
		if ((error as { code?: string }).code === 'ENOENT') return undefined;
		throw new ConfigError(`${file} cannot be read: ${(error as Error).message}.`);
	}
}

type KeySource = {
	/** What the environment holds: 32 bytes in base64url. */
	value: string | undefined;
	variable: string;
	/** The file beside a SQLite database that holds it otherwise. */
	file: string;
};

/**
 * A key from the environment; on SQLite otherwise from a file beside the database, made at first use. On PostgreSQL
 * several machines share it, so there it must be configured. Throws {@link ConfigError}.
 */
export function loadKey(databaseUrl: string, { value, variable, file: name }: KeySource): Secret {
	if (value !== undefined) return Buffer.from(value, 'base64url');
	if (!databaseUrl.startsWith('file:')) {
		throw new ConfigError(
			`${variable} must be set with PostgreSQL: 43 letters, digits, - or _ such as \`openssl rand -base64 32 | tr +/ -_ | tr -d =\` prints.`,
		);
	}
	const database = databaseUrl.slice('file:'.length);
	// A database that goes with the process needs no key that stays.
	if (database === ':memory:') return randomBytes(32);
	const file = path.join(path.dirname(database), name);
	mkdirSync(path.dirname(file), { recursive: true });
	try {
		// Of two processes that start at once, one makes it.
		writeFileSync(file, randomBytes(32).toString('base64url') + '\n', { mode: 0o600, flag: 'wx' });
	} catch (error) {
		if ((error as { code?: string }).code !== 'EEXIST')
			throw new ConfigError(`${file} cannot be written: ${(error as Error).message}.`);
	}
	const key = readKeyFile(file);
	if (key?.length !== 32) throw new ConfigError(`${file} must hold 32 bytes in base64url.`);
	return key;
}

/** `PORTAL_SECRET`, or `portal-secret.key` beside the SQLite database. Throws {@link ConfigError}. */
export const loadSecret = (config: Pick<Config, 'databaseUrl' | 'portalSecret'>): Secret =>
	loadKey(config.databaseUrl, {
		value: config.portalSecret,
		variable: 'PORTAL_SECRET',
		file: 'portal-secret.key',
	});

const keyFor = (secret: Secret, purpose: string): Buffer =>
	Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), purpose, 32));

/** HMAC-SHA-256 in hexadecimal: a short code's hash that cannot be tried out with the tables alone. */
export const keyedHash = (secret: Secret, purpose: string, text: string): string =>
	createHmac('sha256', keyFor(secret, purpose)).update(text).digest('hex');

/** Encrypts and authenticates (AES-256-GCM); `context` must be the same to open it, so that rows cannot be swapped. */
export function seal(secret: Secret, purpose: string, text: string, context: string): string {
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', keyFor(secret, purpose), nonce).setAAD(Buffer.from(context));
	const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Opens what {@link seal} closed; undefined when it was changed or another secret closed it. */
export function unseal(secret: Secret, purpose: string, sealed: string, context: string): string | undefined {
	const bytes = Buffer.from(sealed, 'base64url');
	if (bytes.length < 28) return undefined;
	const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), bytes.subarray(0, 12))
		.setAAD(Buffer.from(context))
		.setAuthTag(bytes.subarray(-16));
	try {
		return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
	} catch {
		return undefined;
	}
}
