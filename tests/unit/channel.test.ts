// What the portal can send by, and where it does not connect to.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openChannels, readFailure, waysOf } from '#features/notifications/channel.service.ts';
import { readConfig } from '#lib/config.ts';

const POSTGRES = { DATABASE_URL: 'postgres://db.example.vn/portal', PUBLIC_URL: 'https://xanh.example.vn' };

test('on SQLite the key of pushes is made at first use, for its owner alone, and stays', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-push-'));
	const env = { DATABASE_URL: `file:${path.join(folder, 'portal.db')}` };
	const { push, publicKey } = waysOf(readConfig(env));
	expect(push).toBe(true);
	expect(Buffer.from(publicKey!, 'base64url')).toHaveLength(65);
	const file = path.join(folder, 'push.key');
	expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{43}\n$/);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(waysOf(readConfig(env)).publicKey).toBe(publicKey);
	// Nobody subscribes over plain http to another machine.
	expect(waysOf(readConfig({ ...env, PUBLIC_URL: 'http://192.168.1.5' })).push).toBe(false);
	rmSync(folder, { recursive: true });
});

test('on PostgreSQL there is no push without a key, and no mail without a server', () => {
	expect(waysOf(readConfig(POSTGRES))).toMatchObject({ email: false, push: false, publicKey: undefined });
	expect(openChannels(readConfig(POSTGRES))).toEqual({});
	expect(waysOf(readConfig({ ...POSTGRES, VAPID_KEY: 'A'.repeat(42) + 'E' })).push).toBe(true);
});

test.each([
	['a listed name that leads to this machine', 'https://localhost/a', 'eprivate'],
	['a name that is no longer listed', 'https://push.example.org/a', 'ehost'],
])('a push goes not to %s', async (_name, endpoint, error) => {
	const config = readConfig({ ...POSTGRES, VAPID_KEY: 'A'.repeat(42) + 'E' });
	const { push } = openChannels({ ...config, pushHosts: ['localhost'] });
	const point = Buffer.from(waysOf(config).publicKey!, 'base64url');
	const to = {
		endpoint,
		p256dh: point.toString('base64url'),
		auth: randomBytes(16).toString('base64url'),
	};
	const sent = push!({ to, payload: '{}', topic: 'a', ttlSeconds: 1 });
	const thrown: unknown = await sent.then(
		() => expect.fail('it was sent'),
		(each: unknown) => each,
	);
	expect(readFailure(thrown)).toEqual({ error, isFinal: false, isGone: false });
});
