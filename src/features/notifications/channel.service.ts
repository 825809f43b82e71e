// How a message leaves the machine: by mail, or by the push service of a browser.
import { createECDH } from 'node:crypto';
import { lookup } from 'node:dns';
import { Agent } from 'node:https';
import nodemailer from 'nodemailer';
import webPush from 'web-push';
import type { Config } from '#lib/config.ts';
import { loadKey } from '#lib/secret.ts';
import { isPrivateAddress, isPushEndpoint } from './push-endpoint.ts';

export type Letter = {
	to: string;
	subject: string;
	text: string;
	/** The same for the same message: mail programs show one that came twice once. */
	messageId: string;
	/** Where one tap stops them all (RFC 8058). */
	stopUrl: string | undefined;
};
export type Push = {
	to: { endpoint: string; p256dh: string; auth: string };
	payload: string;
	/** The same for the same message: a push service keeps one of them (RFC 8030, section 5.4). */
	topic: string;
	ttlSeconds: number;
};
/** What the portal can send by; a channel that is not set up is missing. */
export type Channels = {
	email?: (letter: Letter) => Promise<unknown>;
	push?: (push: Push) => Promise<unknown>;
};

const TIMEOUT_MS = 15_000;

function openMail({ mail }: Pick<Config, 'mail'>): Channels['email'] {
	if (!mail) return undefined;
	const limits = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
	const pool = { pool: true as const, maxConnections: 1, maxRequeues: 1 };
	const transport = nodemailer.createTransport({
		...{ url: mail.smtpUrl, ...limits, ...pool },
		disableFileAccess: true,
	});
	return ({ stopUrl, ...letter }) =>
		transport.sendMail({
			...letter,
			from: mail.from,
			headers: {
				'Auto-Submitted': 'auto-generated',
				...(stopUrl && {
					'List-Unsubscribe': `<${stopUrl}>`,
					'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
				}),
			},
		});
}

type PushKeys = { publicKey: string; privateKey: string };
type PushConfig = Pick<Config, 'databaseUrl' | 'vapidKey' | 'publicUrl' | 'isLocal'>;

/**
 * The keys that push services know the portal by (RFC 8292): `VAPID_KEY`, or `push.key` beside the SQLite database,
 * made at first use. Undefined on PostgreSQL without one, and where no browser would subscribe.
 */
function loadPushKeys({
	databaseUrl,
	vapidKey: value,
	publicUrl,
	isLocal,
}: PushConfig): PushKeys | undefined {
	const isSecure = publicUrl.startsWith('https:') || isLocal;
	if (!isSecure || (value === undefined && !databaseUrl.startsWith('file:'))) return undefined;
	const key = loadKey(databaseUrl, { value, variable: 'VAPID_KEY', file: 'push.key' });
	const curve = createECDH('prime256v1');
	curve.setPrivateKey(key);
	return {
		publicKey: curve.getPublicKey('base64url'),
		privateKey: Buffer.from(key).toString('base64url'),
	};
}

const known = new WeakMap<PushConfig, { keys: PushKeys | undefined }>();

/** The keys of a process, read once. */
function pushKeysOf(config: PushConfig): PushKeys | undefined {
	const held = known.get(config) ?? { keys: loadPushKeys(config) };
	known.set(config, held);
	return held.keys;
}

/** What the portal can send by, where pushes may go, and the key that a browser subscribes with. */
export function waysOf(config: Config) {
	const publicKey = pushKeysOf(config)?.publicKey;
	return {
		...{ email: config.mail !== undefined, push: publicKey !== undefined, publicKey },
		pushHosts: config.pushHosts,
	};
}

/** Connects to no machine nearby, whatever the name of a push service says. */
const publicAgent = () =>
	new Agent({
		lookup: (host, options, answer) =>
			lookup(host, { ...options, all: true }, (error, addresses) => {
				const isWrong = !error && addresses.some(({ address }) => isPrivateAddress(address));
				if (error || isWrong)
					return answer(error ?? Object.assign(new Error('private address'), { code: 'EPRIVATE' }), '', 0);
				if (options.all) return answer(null, addresses);
				answer(null, addresses[0]!.address, addresses[0]!.family);
			}),
	});

function openPush(config: Config, agent: Agent): Channels['push'] {
	const keys = pushKeysOf(config);
	if (!keys) return undefined;
	const { securityContact: contact, pushHosts } = config;
	const subject = /^(mailto|https):/.test(contact) ? contact : 'mailto:root@localhost.invalid';
	return async ({ to: { endpoint, p256dh, auth }, payload, topic, ttlSeconds }) => {
		// The list may be shorter than when the browser subscribed.
		if (!isPushEndpoint(endpoint, pushHosts)) throw Object.assign(new Error('not listed'), { code: 'EHOST' });
		return webPush.sendNotification({ endpoint, keys: { p256dh, auth } }, payload, {
			...{ vapidDetails: { subject, ...keys }, contentEncoding: 'aes128gcm', urgency: 'normal' },
			...{ topic, TTL: ttlSeconds, timeout: TIMEOUT_MS, agent },
		});
	};
}

/** @param agent what connects to push services, for tests that are one */
export function openChannels(config: Config, agent: Agent = publicAgent()): Channels {
	const email = openMail(config);
	const push = openPush(config, agent);
	return { ...(email && { email }), ...(push && { push }) };
}

type Failure = { error: string; isFinal: boolean; isGone: boolean };

/** What kind of failure it was, in one word that names nobody. */
export function readFailure(error: unknown): Failure {
	const { statusCode, responseCode, code } = (error ?? {}) as Record<string, unknown>;
	if (typeof statusCode === 'number') {
		const isGone = statusCode === 404 || statusCode === 410;
		const isFinal = statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
		return { error: `push-${statusCode}`, isFinal, isGone };
	}
	// A mailbox that is refused stays refused; a password that is wrong is the operator's to mend.
	const isRefused = typeof responseCode === 'number' && responseCode >= 500 && code !== 'EAUTH';
	const word = typeof code === 'string' ? code.toLowerCase().replace(/[^a-z0-9]/g, '') : 'unknown';
	const name = typeof responseCode === 'number' ? `smtp-${responseCode}` : word;
	return { error: name, isFinal: isRefused, isGone: false };
}
