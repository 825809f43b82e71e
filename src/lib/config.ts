import { isIP } from 'node:net';
import path from 'node:path';

/** Everything that the process reads from its environment, once, at start. */
export type Config = {
	host: string;
	port: number;
	/** `file:./data/portal.db` (SQLite) or `postgres://…`. */
	databaseUrl: string;
	/** The address that visitors use, without a slash at its end. */
	publicUrl: string;
	/** False once `PUBLIC_URL` names a host that others can reach: sample people cannot sign in there. */
	isLocal: boolean;
	/** Raster tiles of the streets, for visitors who ask for them: `https://…/{z}/{x}/{y}.png`; undefined for none. */
	tileUrl: string | undefined;
	tileAttribution: string;
	sampleData: boolean;
	/** Number of reverse proxies in front whose `X-Forwarded-For` is believed. */
	trustProxyHops: number;
	/** Private folder of uploaded photos. */
	photoDir: string;
	/** 32 bytes in base64url; without it a file beside the SQLite database holds them. */
	portalSecret: string | undefined;
	/** The seed of the key that signs checkpoints, likewise. */
	ledgerKey: string | undefined;
	/** Whom to tell of a weakness: `mailto:…` or `https://…`. */
	securityContact: string;
	/** An S3-compatible bucket for photos instead of the folder. */
	photoBucket: PhotoBucket | undefined;
	/** How mail is sent; undefined: none is. */
	mail: MailSettings | undefined;
	/** The private key that push services know the portal by; without it a file beside the SQLite database. */
	vapidKey: string | undefined;
	/** Hosts of push services that messages may go to; one that begins with `*.` stands for all below it. */
	pushHosts: string[];
};

export type MailSettings = { smtpUrl: string; from: string };

/** Where photos are kept when several machines share them. */
export type PhotoBucket = { url: string; region: string; accessKeyId: string; secretAccessKey: string };

/** A wrong setting; its message is one sentence that names the variable. */
export class ConfigError extends Error {
	override name = 'ConfigError';
}

const OSM_TILES = 'https://tile.openstreetmap.org/{z}/{x}/{y}.png';
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

function integer(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
	const text = env[name]?.trim();
	if (!text) return fallback;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < min || value > max) {
		throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, but is "${text}".`);
	}
	return value;
}

function host(env: NodeJS.ProcessEnv): string {
	const text = env['HOST']?.trim() || '127.0.0.1';
	if (isIP(text) === 0 && !/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text)) {
		throw new ConfigError(`HOST must be an IP address or the name of this machine, but is "${text}".`);
	}
	return text;
}

function databaseUrl(env: NodeJS.ProcessEnv): string {
	const text = env['DATABASE_URL']?.trim() || 'file:./data/portal.db';
	if (text.startsWith('file:') && text.length > 'file:'.length) return text;
	if (/^postgres(ql)?:\/\/./.test(text) && URL.canParse(text)) return text;
	throw new ConfigError('DATABASE_URL must be file:PATH for SQLite or postgres://… for PostgreSQL.');
}

function webUrl(env: NodeJS.ProcessEnv, name: string): URL | undefined {
	const text = env[name]?.trim();
	if (!text) return undefined;
	if (URL.canParse(text)) {
		const url = new URL(text);
		if (url.protocol === 'https:' || url.protocol === 'http:') return url;
	}
	throw new ConfigError(`${name} must be an address that begins with https:// or http://, but is "${text}".`);
}

function tileUrl(env: NodeJS.ProcessEnv): string | undefined {
	const text = env['TILE_URL']?.trim() || OSM_TILES;
	if (text === 'none') return undefined;
	webUrl(env, 'TILE_URL');
	if (['{z}', '{x}', '{y}'].every((part) => text.includes(part))) return text;
	throw new ConfigError('TILE_URL must contain {z}, {x} and {y}, or be "none".');
}

function key32(env: NodeJS.ProcessEnv, name: string): string | undefined {
	const text = env[name]?.trim();
	if (!text) return undefined;
	if (/^[A-Za-z0-9_-]{43}$/.test(text)) return text;
	throw new ConfigError(`${name} must be 32 random bytes in base64url: 43 letters, digits, - or _.`);
}

/** `PHOTO_BUCKET_URL` with its keys; they come together. */
function photoBucket(env: NodeJS.ProcessEnv): PhotoBucket | undefined {
	const url = webUrl(env, 'PHOTO_BUCKET_URL');
	if (!url) return undefined;
	const needed = (name: string): string => {
		const value = env[name]?.trim();
		if (!value) throw new ConfigError(`${name} must be set, because PHOTO_BUCKET_URL is.`);
		return value;
	};
	return {
		url: url.href.replace(/\/$/, ''),
		region: env['PHOTO_BUCKET_REGION']?.trim() || 'us-east-1',
		accessKeyId: needed('PHOTO_BUCKET_KEY_ID'),
		secretAccessKey: needed('PHOTO_BUCKET_SECRET'),
	};
}

/** `SMTP_URL` and `MAIL_FROM`; they come together. */
function mailSettings(env: NodeJS.ProcessEnv): MailSettings | undefined {
	const [smtpUrl, from] = [env['SMTP_URL']?.trim(), env['MAIL_FROM']?.trim()];
	if (!smtpUrl && !from) return undefined;
	if (!smtpUrl || !URL.canParse(smtpUrl) || !/^smtps?:\/\/[^/]/.test(smtpUrl))
		throw new ConfigError('SMTP_URL must be smtp://… or smtps://…, with MAIL_FROM beside it.');
	if (!from || !/^[^<>\r\n]*<?[^\s@<>,]+@[^\s@<>,]+>?$/.test(from))
		throw new ConfigError('MAIL_FROM must be ADDRESS or NAME <ADDRESS>, with SMTP_URL beside it.');
	return { smtpUrl, from };
}

const PUSH_HOSTS = [
	...['fcm.googleapis.com', 'updates.push.services.mozilla.com', '*.push.apple.com', '*.notify.windows.com'],
];

function pushHosts(env: NodeJS.ProcessEnv): string[] {
	const text = env['PUSH_HOSTS']?.trim();
	if (!text) return PUSH_HOSTS;
	const hosts = text.toLowerCase().split(/[\s,]+/);
	const wrong = hosts.find((each) => !/^(\*\.)?[a-z\d-]+(\.[a-z\d-]+)+$/.test(each) || isIP(each) !== 0);
	if (wrong === undefined) return hosts;
	throw new ConfigError(`PUSH_HOSTS must be names of hosts with commas between, but one is "${wrong}".`);
}

/** Reads and checks the environment. Throws {@link ConfigError}, which stops the start. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
	const port = integer(env, 'PORT', 4321, 0, 65535);
	const publicUrl = webUrl(env, 'PUBLIC_URL') ?? new URL(`http://localhost:${port}`);
	const { pathname, search, hash, username, password } = publicUrl;
	if (pathname !== '/' || search || hash || username || password) {
		throw new ConfigError('PUBLIC_URL must be an origin and nothing more, such as https://example.vn.');
	}
	const sample = env['SAMPLE_DATA']?.trim() || 'load';
	if (sample !== 'load' && sample !== 'none') {
		throw new ConfigError(`SAMPLE_DATA must be "load" or "none", but is "${sample}".`);
	}
	const securityContact = env['SECURITY_CONTACT']?.trim() || `${publicUrl.origin}/quyen-rieng-tu`;
	if (!/^(mailto:[^\s@]+@[^\s@]+|https?:\/\/\S+)$/.test(securityContact)) {
		throw new ConfigError('SECURITY_CONTACT must be mailto:ADDRESS or an https:// address.');
	}
	const url = databaseUrl(env);
	const dataDir = url.startsWith('file:') ? path.dirname(url.slice('file:'.length)) : './data';
	return {
		host: host(env),
		port,
		databaseUrl: url,
		publicUrl: publicUrl.origin,
		isLocal: LOCAL_HOSTS.has(publicUrl.hostname),
		tileUrl: tileUrl(env),
		tileAttribution: env['TILE_ATTRIBUTION']?.trim() || '© OpenStreetMap contributors',
		sampleData: sample === 'load',
		trustProxyHops: integer(env, 'TRUST_PROXY_HOPS', 0, 0, 10),
		photoDir: env['PHOTO_DIR']?.trim() || path.join(dataDir, 'photos'),
		portalSecret: key32(env, 'PORTAL_SECRET'),
		ledgerKey: key32(env, 'LEDGER_KEY'),
		securityContact,
		photoBucket: photoBucket(env),
		mail: mailSettings(env),
		vapidKey: key32(env, 'VAPID_KEY'),
		pushHosts: pushHosts(env),
	};
}
