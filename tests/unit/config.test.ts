import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '#lib/config.ts';

test('without any setting the portal is local, on SQLite and with samples', () => {
	expect(readConfig({})).toEqual({
		host: '127.0.0.1',
		port: 4321,
		databaseUrl: 'file:./data/portal.db',
		publicUrl: 'http://localhost:4321',
		isLocal: true,
		tileUrl: 'https://tile.openstreetmap.org/{z}/{x}/{y}.png',
		tileAttribution: '© OpenStreetMap contributors',
		sampleData: true,
		trustProxyHops: 0,
		photoDir: 'data/photos',
		portalSecret: undefined,
		securityContact: 'http://localhost:4321/quyen-rieng-tu',
		photoBucket: undefined,
		pushHosts: [
			...['fcm.googleapis.com', 'updates.push.services.mozilla.com'],
			...['*.push.apple.com', '*.notify.windows.com'],
		],
	});
});

test('an empty setting is none', () => {
	const names = ['HOST', 'PORT', 'DATABASE_URL', 'PUBLIC_URL', 'TILE_URL', 'TILE_ATTRIBUTION', 'SAMPLE_DATA'];
	const empty = Object.fromEntries([...names, 'TRUST_PROXY_HOPS', 'PHOTO_DIR'].map((name) => [name, ' ']));
	expect(readConfig(empty)).toEqual(readConfig({}));
});

test('the street layer can be left out', () => {
	expect(readConfig({ TILE_URL: 'none' }).tileUrl).toBeUndefined();
});

test('every setting is read', () => {
	const tileUrl = 'https://{s}.tiles.example.vn/{z}/{x}/{y}.png';
	expect(
		readConfig({
			HOST: '0.0.0.0',
			PORT: '8080',
			DATABASE_URL: 'postgresql://portal:pass@db.example.vn:5432/portal',
			PUBLIC_URL: 'https://xanh.example.vn/',
			TILE_URL: tileUrl,
			TILE_ATTRIBUTION: '© Sở',
			SAMPLE_DATA: 'none',
			TRUST_PROXY_HOPS: '2',
			PHOTO_DIR: '/srv/photos',
			PORTAL_SECRET: 'x'.repeat(43),
			LEDGER_KEY: 'y'.repeat(43),
			SECURITY_CONTACT: 'mailto:an-toan@example.vn',
			PHOTO_BUCKET_URL: 'https://s3.example.vn/photos/',
			PHOTO_BUCKET_REGION: 'vn-1',
			PHOTO_BUCKET_KEY_ID: 'KEY',
			PHOTO_BUCKET_SECRET: 'SECRET',
			SMTP_URL: 'smtps://u:p@mail.example.vn:465',
			MAIL_FROM: 'Ngôi nhà xanh <tin@xanh.example.vn>',
			VAPID_KEY: 'z'.repeat(43),
			PUSH_HOSTS: '*.push.example.vn, push.example.com',
		}),
	).toEqual({
		host: '0.0.0.0',
		port: 8080,
		databaseUrl: 'postgresql://portal:pass@db.example.vn:5432/portal',
		publicUrl: 'https://xanh.example.vn',
		isLocal: false,
		tileUrl,
		tileAttribution: '© Sở',
		sampleData: false,
		trustProxyHops: 2,
		photoDir: '/srv/photos',
		portalSecret: 'x'.repeat(43),
		ledgerKey: 'y'.repeat(43),
		securityContact: 'mailto:an-toan@example.vn',
		photoBucket: {
			...{ url: 'https://s3.example.vn/photos', region: 'vn-1' },
			...{ accessKeyId: 'KEY', secretAccessKey: 'SECRET' },
		},
		mail: {
			...{ smtpUrl: 'smtps://u:p@mail.example.vn:465', from: 'Ngôi nhà xanh <tin@xanh.example.vn>' },
		},
		vapidKey: 'z'.repeat(43),
		pushHosts: ['*.push.example.vn', 'push.example.com'],
	});
});

test.each([
	[{ PORTAL_SECRET: 'short' }, 'PORTAL_SECRET'],
	[{ PORTAL_SECRET: `${'x'.repeat(42)}!` }, 'PORTAL_SECRET'],
	[{ SECURITY_CONTACT: 'an-toan' }, 'SECURITY_CONTACT'],
	[{ PHOTO_BUCKET_URL: 's3://photos' }, 'PHOTO_BUCKET_URL'],
	[{ PHOTO_BUCKET_URL: 'https://s3.example.vn/photos' }, 'PHOTO_BUCKET_KEY_ID'],
	[{ SMTP_URL: 'https://mail.example.vn', MAIL_FROM: 'tin@example.vn' }, 'SMTP_URL'],
	[{ MAIL_FROM: 'tin@example.vn' }, 'SMTP_URL'],
	[{ SMTP_URL: 'smtp://mail.example.vn' }, 'MAIL_FROM'],
	[{ SMTP_URL: 'smtp://mail.example.vn', MAIL_FROM: 'tin' }, 'MAIL_FROM'],
	[{ VAPID_KEY: 'short' }, 'VAPID_KEY'],
	[{ PUSH_HOSTS: '*' }, 'PUSH_HOSTS'],
	[{ PUSH_HOSTS: 'push.example.vn,127.0.0.1' }, 'PUSH_HOSTS'],
	[{ PUSH_HOSTS: 'https://push.example.vn' }, 'PUSH_HOSTS'],
])('%o stops the start and names the variable', (env, name) => {
	expect(() => readConfig(env)).toThrow(new RegExp(`^${name}\\b`));
});

test('photos lie beside the database file', () => {
	expect(readConfig({ DATABASE_URL: 'file:/srv/xanh/portal.db' }).photoDir).toBe('/srv/xanh/photos');
});

test.each([
	['http://localhost:9000', true],
	['http://127.0.0.1:9000', true],
	['http://[::1]:9000', true],
	['http://192.168.1.5:9000', false],
	['http://localhost.example.vn', false],
	['https://xanh.example.vn', false],
])('PUBLIC_URL=%s is local: %s', (PUBLIC_URL, isLocal) => {
	expect(readConfig({ PUBLIC_URL }).isLocal).toBe(isLocal);
});

test.each([
	['PORT', 'eighty'],
	['PORT', '-1'],
	['PORT', '65536'],
	['PORT', '80.5'],
	['PORT', '0x50'],
	['PORT', '1e3'],
	['HOST', 'http://localhost'],
	['HOST', 'a b'],
	['DATABASE_URL', 'portal.db'],
	['DATABASE_URL', 'file:'],
	['DATABASE_URL', 'mysql://db/portal'],
	['DATABASE_URL', 'postgres://'],
	['DATABASE_URL', 'postgres://db:port/portal'],
	['PUBLIC_URL', 'xanh.example.vn'],
	['PUBLIC_URL', 'ftp://xanh.example.vn'],
	['PUBLIC_URL', 'https://xanh.example.vn/cong'],
	['PUBLIC_URL', 'https://xanh.example.vn/?a=1'],
	['PUBLIC_URL', 'https://user:pass@xanh.example.vn'],
	['TILE_URL', 'tiles'],
	['TILE_URL', 'None'],
	['TILE_URL', 'https://tiles.example.vn/{z}/{x}.png'],
	['TILE_URL', 'https://tiles.example.vn; script-src *//{z}/{x}/{y}.png'],
	['SAMPLE_DATA', 'yes'],
	['SAMPLE_DATA', 'NONE'],
	['TRUST_PROXY_HOPS', '11'],
	['TRUST_PROXY_HOPS', 'true'],
])('%s=%s is refused in one sentence that names it', (name, value) => {
	const read = () => readConfig({ [name]: value });
	expect(read).toThrow(ConfigError);
	expect(read).toThrow(new RegExp(`^${name} [^\\n]+\\.$`));
});
