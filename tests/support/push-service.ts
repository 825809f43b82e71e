// A browser's push service that the tests run themselves, over TLS; it decrypts what arrives, as the browser would.
import { createECDH, randomBytes } from 'node:crypto';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import ece from 'http_ece';
import { makeCertificate } from './certificate.ts';

export const PUSH_HOST = 'push.example.test';

/** What a push service was sent, decrypted. */
export type Pushed = {
	path: string;
	headers: Record<string, string | string[] | undefined>;
	payload: { title: string; body: string; path: string; stop: string; tag: string };
};

export type PushService = {
	/** Connects to this service by its name, and trusts it. */
	agent: Agent;
	pushed: Pushed[];
	/** A browser's subscription, as the page sends it. */
	subscribe(): { endpoint: string; p256dh: string; auth: string };
	/** Answers the next pushes with these codes instead of taking them. */
	refuse(...codes: number[]): void;
	close(): Promise<void>;
};

export async function openPushService(): Promise<PushService> {
	const { cert, key } = makeCertificate(PUSH_HOST);
	const pushed: Pushed[] = [];
	const refusals: number[] = [];
	const browsers = new Map<string, { privateKey: ReturnType<typeof createECDH>; authSecret: string }>();
	const server = createServer({ cert, key }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const [code, path] = [refusals.shift(), request.url!];
			const browser = browsers.get(path);
			if (code !== undefined || !browser) return void response.writeHead(code ?? 404).end();
			const text = ece.decrypt(Buffer.concat(chunks), { version: 'aes128gcm', ...browser }).toString('utf8');
			pushed.push({ path, headers: request.headers, payload: JSON.parse(text) as Pushed['payload'] });
			response.writeHead(201).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const agent = new Agent({ ca: cert });
	// An endpoint has no port of its own, so the agent knows where the service listens.
	agent.createConnection = (options) =>
		connect({ ca: cert, servername: (options as { host: string }).host, host: '127.0.0.1', port });
	return {
		agent,
		pushed,
		subscribe: () => {
			const path = `/send/${randomBytes(12).toString('base64url')}`;
			const [privateKey, auth] = [createECDH('prime256v1'), randomBytes(16).toString('base64url')];
			const p256dh = privateKey.generateKeys('base64url');
			browsers.set(path, { privateKey, authSecret: auth });
			return { endpoint: `https://${PUSH_HOST}${path}`, p256dh, auth };
		},
		refuse: (...codes) => void refusals.push(...codes),
		close: () => {
			agent.destroy();
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}
