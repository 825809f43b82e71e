// The process itself: what its settings do, what stops its start, and the operator's command line.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { openDb } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { alertOf, makeClient, signInClient } from '../support/http.ts';
import { copySample, samplePeople } from '../support/sample-portal.ts';
import { startWorld } from '../support/served-world.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { readSignIns } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';
import { compoundFile } from '../support/workbooks.ts';

const PAGES = ['/', '/ghi-nhan', '/chu-nhat-xanh', '/quy', '/cua-toi', '/dang-nhap', '/nguon-du-lieu'];
const english = (page: string) => (page === '/' ? '/en' : `/en${page}`);

/** Runs a program of the portal to its end. */
function run(
	file: string,
	args: string[],
	env: Record<string, string>,
	input = '',
): Promise<{ code: number | null; said: string }> {
	const child = spawn(process.execPath, [`src/server/${file}.ts`, ...args], {
		env: { ...process.env, ...env },
	});
	let said = '';
	child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
	child.stdin.end(input);
	return new Promise((resolve) => child.once('exit', (code) => resolve({ code, said })));
}

describe('under a public address', () => {
	let server: RunningServer;
	beforeAll(async () => {
		server = await startServer({ PUBLIC_URL: 'https://xanh.example.vn' });
	});
	afterAll(async () => {
		await server.stop();
	});

	test('no sample person signs in, and each is told why', async () => {
		const people = Object.values(readSignIns(server.output()));
		expect(people).toHaveLength(8);
		for (const person of people) {
			const client = makeClient(server.baseUrl);
			const response = await client.post('/dang-nhap?_action=accounts.signIn', {
				...{ name: person.phone, password: person.password },
			});
			expect(response.status).toBe(403);
			expect(alertOf(await response.text())).toBe('Người mẫu không đăng nhập được ở cổng đã công khai.');
			expect(client.cookies.size).toBe(0);
		}
	});

	test('cookies are the host’s own and secure, pages name the public address', async () => {
		const response = await fetch(`${server.baseUrl}/ghi-nhan?diem=MAU-003`);
		expect(response.headers.getSetCookie()).toEqual([
			expect.stringMatching(/^__Host-ho=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
		]);
		expect(response.headers.get('strict-transport-security')).toContain('max-age=');
		const html = await response.text();
		expect(html).toContain('href="https://xanh.example.vn/en/ghi-nhan"');
		expect(html).not.toContain('localhost');
	});

	test('a form is taken from the public address alone', async () => {
		const post = (origin: string) =>
			makeClient(server.baseUrl).post('/dang-nhap?_action=accounts.signIn', { name: '1' }, { origin });
		expect((await post('https://xanh.example.vn')).status).toBe(401);
		expect((await post('http://xanh.example.vn')).status).toBe(403);
		expect((await post(server.baseUrl)).status).toBe(403);
	});
});

test('a sample person who signed in before the portal became public is signed out', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-public-'));
	const env = { DATABASE_URL: copySample(folder) };
	const local = await startServer(env);
	const { cookies } = await signInClient(local.baseUrl, samplePeople['steward']!);
	const isSignedIn = async ({ baseUrl }: RunningServer) =>
		(await makeClient(baseUrl, cookies).send('/cua-toi/truong')).status === 200;
	expect(await isSignedIn(local)).toBe(true);
	await local.stop();
	const open = await startServer({ ...env, PUBLIC_URL: 'http://xanh.example.vn' });
	expect(await isSignedIn(open)).toBe(false);
	await open.stop();
	rmSync(folder, { recursive: true, force: true });
});

test('a telephone whose time is over goes when the portal starts, whoever uses it', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-phones-'));
	const DATABASE_URL = copySample(folder);
	const db = openDb(DATABASE_URL);
	const ended = db
		.selectFrom('cleanupEvent')
		.select('id')
		.where('endsAt', '<', Date.now() - 31 * 86_400_000);
	const { numUpdatedRows } = await db
		.updateTable('signUp')
		.set({ phoneE164: '+84912345678' })
		.where('eventId', 'in', ended)
		.executeTakeFirst();
	expect(Number(numUpdatedRows)).toBeGreaterThan(0);
	// The next day: the job runs once in each.
	await db.deleteFrom('jobRun').execute();
	await (await startServer({ DATABASE_URL })).stop();
	const kept = db
		.selectFrom('signUp')
		.select('id')
		.where('phoneE164', 'is not', null)
		.where('eventId', 'in', ended);
	expect(await kept.execute()).toEqual([]);
	await db.destroy();
	rmSync(folder, { recursive: true, force: true });
});

test('without samples the portal is empty, says so on every page, and may be found', async () => {
	const server = await startServer({ SAMPLE_DATA: 'none' });
	expect(server.output()).not.toContain('Sample sign-ins');
	const empty: Record<string, [vi: string, en: string]> = {
		'/': ['Danh sách nhà sẽ hiện ở đây', 'houses'],
		'/ghi-nhan': ['Chưa có Ngôi nhà xanh nào', 'There is no Green House'],
		'/chu-nhat-xanh': ['Chưa có buổi nào', 'No event'],
		'/quy': ['Chưa có quỹ nào', 'No fund'],
		'/cua-toi': ['Máy này chưa ghi lượt nào', 'device'],
	};
	for (const page of PAGES) {
		for (const [index, address] of [page, english(page)].entries()) {
			const response = await fetch(server.baseUrl + address);
			expect([address, response.status]).toEqual([address, 200]);
			expect(response.headers.get('x-robots-tag')).toBeNull();
			const html = await response.text();
			expect(html).not.toMatch(/noindex|MAU-|\(mẫu\)/);
			expect(html).toContain(empty[page]?.[index] ?? '<main');
		}
	}
	expect(await server.stop()).toBe(0);
});

test('on PostgreSQL the portal serves its pages and takes a drop-off', async () => {
	const url = inject('postgresUrl');
	const admin = openDb(url);
	await sql`drop database if exists portal_served with (force)`.execute(admin);
	await sql`create database portal_served`.execute(admin);
	const world = await startWorld(url.replace(/\/[^/]*$/, '/portal_served'));
	const { code } = world.house;
	const client = makeClient(world.baseUrl);
	const pages = [
		...PAGES,
		`/ngoi-nha-xanh/${code}`,
		`/quy/${world.fund.code}`,
		'/api/v1/green-houses.geojson',
	];
	for (const page of pages) {
		const response = await client.send(page);
		expect([page, response.status]).toEqual([page, 200]);
		await response.arrayBuffer();
	}
	const id = uuidv7(Date.now());
	const form = {
		...{ id, house: code, date: world.today, channel: 'web' },
		...{ 'material-0': 'mixed_paper', 'unit-0': 'kg', quantity: '1,5' },
	};
	const record = async (fields: Record<string, string>) => {
		const response = await client.post('/ghi-nhan?_action=dropOffs.record', fields);
		await response.arrayBuffer();
		return [response.status, response.headers.get('location')];
	};
	expect(await record(form)).toEqual([303, `/ghi-nhan/xong?ma=${id}`]);
	// A text that PostgreSQL cannot keep is the sender's mistake, not a failure.
	expect(await record({ ...form, house: 'NNX\0' })).toEqual([400, null]);
	expect(await (await client.send('/n/NNX%00')).text()).toContain('<main');
	expect(world.output()).not.toMatch(/error/i);

	// The database goes away and comes back; the process stays and says so.
	const health = async () => {
		const responses = [await client.send('/healthz'), await client.send('/readyz')];
		return [...responses.map(({ status }) => status), await responses[1]!.json()];
	};
	expect(await health()).toMatchObject([200, 200, { status: 'ready' }]);
	await sql`alter database portal_served allow_connections false`.execute(admin);
	await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'portal_served'`.execute(
		admin,
	);
	// They are only told to end: one that still stands would answer, and break off at the next question.
	const left = async () =>
		(await sql`select pid from pg_stat_activity where datname = 'portal_served'`.execute(admin)).rows.length;
	await expect.poll(left).toBe(0);
	expect(await health()).toEqual([200, 503, { status: 'database away' }]);
	await sql`alter database portal_served allow_connections true`.execute(admin);
	expect(await health()).toMatchObject([200, 200, { status: 'ready' }]);

	expect(await world.stop()).toBe(0);
	await sql`drop database portal_served with (force)`.execute(admin);
	await admin.destroy();
});

test.each([
	['PORT', 'eighty'],
	['SAMPLE_DATA', 'maybe'],
	['PUBLIC_URL', 'xanh.example.vn'],
	['DATABASE_URL', 'mysql://x'],
	['PORTAL_SECRET', 'short'],
	['LEDGER_KEY', 'short'],
	['DATABASE_URL', 'file:/dev/null/portal.db'],
])('%s=%s stops the start with one sentence', async (name, value) => {
	const { code, said } = await run('main', [], { [name]: value });
	expect(code).toBe(1);
	expect(said).toMatch(new RegExp(`^${name}\\b[^\\n]+\\.\\n$`));
});

test('PostgreSQL needs a secret of its own, and then a database that answers', async () => {
	const DATABASE_URL = 'postgres://127.0.0.1:1/portal';
	const without = await run('main', [], { DATABASE_URL });
	expect(without).toMatchObject({ code: 1, said: expect.stringMatching(/^PORTAL_SECRET must be set/) });
	const PORTAL_SECRET = 'x'.repeat(43);
	const unsigned = await run('main', [], { DATABASE_URL, PORTAL_SECRET });
	expect(unsigned).toMatchObject({ code: 1, said: expect.stringMatching(/^LEDGER_KEY must be set/) });
	const silent = await run('main', [], { DATABASE_URL, PORTAL_SECRET, LEDGER_KEY: 'y'.repeat(43) });
	expect(silent.code).toBe(1);
	expect(silent.said).toMatch(/^DATABASE_URL\b[^\n]+\.\n$/);
});

test('a sample load that was cut off stops the next start, which says what to do', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-cut-'));
	const DATABASE_URL = copySample(folder);
	const db = openDb(DATABASE_URL);
	await db.deleteFrom('portalSetting').where('key', '=', 'sample_loaded').execute();
	await db.destroy();
	const { code, said } = await run('main', [], { DATABASE_URL });
	expect(code).toBe(1);
	expect(said).toMatch(/^DATABASE_URL [^\n]+cut off[^\n]+\.\n$/);
	rmSync(folder, { recursive: true, force: true });
});

test('a port in use stops the start with one sentence', async () => {
	const other = createServer();
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	const { port } = other.address() as AddressInfo;
	const { code, said } = await run('main', [], {
		...{ PORT: String(port), DATABASE_URL: 'file::memory:', SAMPLE_DATA: 'none' },
	});
	expect(code).toBe(1);
	expect(said).toMatch(/^PORT is taken [^\n]+\.\n$/);
	await new Promise((resolve) => other.close(resolve));
});

describe('npm run admin', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-admin-'));
	const url = `file:${path.join(folder, 'portal.db')}`;
	const password = 'cầu Kỳ Cùng mùa lũ'.normalize('NFD');
	const person = ['--name', '  Nguyễn Thị An '.normalize('NFD'), '--phone', '+84 912.345.678'];
	const admin = (args: string[], input = `${password}\n`) =>
		run('admin', args, { DATABASE_URL: url, SAMPLE_DATA: 'none' }, input);
	let server: RunningServer;
	beforeAll(async () => {
		server = await startServer({ DATABASE_URL: url, SAMPLE_DATA: 'none' });
	});
	afterAll(async () => {
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	test.each<[name: string, args: string[], sentence: string, input?: string]>([
		['no command', [], 'Usage'],
		['an unknown command', ['drop'], 'Usage'],
		['an option that is none', ['create', '--password', password], '--password'],
		['no name', ['create', '--phone', '0912345678'], 'Usage'],
		['a short password', ['create', ...person], 'từ 15 đến 128', 'ngắn quá\n'],
		['no password', ['create', ...person], 'từ 15 đến 128', ''],
		['a bad phone', ['create', '--name', 'An', '--phone', '12'], 'số điện thoại'],
		['an unknown role', ['create', ...person, '--role', 'king'], '--role king: it must be one of steward'],
		['a role without a scope', ['create', ...person, '--role', 'treasurer'], 'needs fund:CODE'],
		[
			'a scope of another kind',
			['create', ...person, '--role', 'steward', '--scope', 'fund:DK'],
			'needs house',
		],
		[
			'a house that is none',
			['create', ...person, '--role', 'steward', '--scope', 'house:NNX-1'],
			'--scope house',
		],
		['a ward that is none', ['create', ...person, '--role', 'ward_officer', '--scope', 'ward:x'], 'dk-2025'],
		[
			'an unknown kind',
			['create-organisation', '--kind', 'club', '--name', 'A'],
			'--kind club: it must be one of',
		],
		[
			'no ward',
			['create-organisation', '--kind', 'school', '--name', 'A', '--ward', 'x'],
			'--ward x: it must be',
		],
		[
			'a name of spaces',
			['create-organisation', '--kind', 'school', '--name', ' '],
			'--name must not be empty',
		],
		['a fund without its ward', ['create-fund', '--code', 'A', '--name', 'A', '--ward', 'x'], '--ward x'],
		['a fund of nobody', ['create-fund', '--code', 'A', '--name', 'A'], '--ward ID|--organisation ID'],
		[
			'a fund of two',
			['create-fund', '--code', 'A', '--name', 'A', '--ward', 'dk-2025', '--organisation', 'x'],
			'--ward ID|--organisation ID',
		],
		[
			'a fund of an unknown organisation',
			['create-fund', '--code', 'A', '--name', 'A', '--organisation', 'x'],
			'--organisation x',
		],
		[
			'a sample’s code',
			['create-fund', '--code', 'MAU-A', '--name', 'A', '--ward', 'dk-2025'],
			'--code MAU-A',
		],
	])('refuses %s and writes nothing', async (_name, args, sentence, input) => {
		const db = openDb(url);
		const before = await digest(db);
		const { code, said } = await admin(args, input);
		expect(code).toBe(1);
		expect(said).toContain(sentence);
		expect(said).not.toMatch(/\n\s+at /);
		expect(said).not.toContain(password.normalize('NFC'));
		expect(await digest(db)).toEqual(before);
		await db.destroy();
	});

	test('makes the first administrator, who signs in; the number is taken once', async () => {
		expect(await admin(['create', ...person])).toMatchObject({ code: 0 });
		const client = await signInClient(server.baseUrl, {
			phone: '0912 345 678',
			password: password.normalize('NFC'),
		});
		expect(await (await client.send('/cua-toi')).text()).toContain('Nguyễn Thị An'.normalize('NFC'));
		const again = await admin(['create', ...person]);
		expect(again).toMatchObject({ code: 1 });
		expect(again.said).toContain('không mở tài khoản mới được');
	});

	test('makes an organisation once, and writes it down', async () => {
		const args = ['create-organisation', '--kind', 'school', '--name', 'Trường một lần'];
		expect(await admin(args)).toMatchObject({ code: 0 });
		const db = openDb(url);
		const event = { action: 'organisation.open', personId: null, roleGrantId: null };
		expect(await listAuditEvents(db, { action: 'organisation.open' }, 9)).toMatchObject([event]);
		const before = await digest(db);
		const again = await admin(args);
		expect(again.code).toBe(1);
		expect(again.said).toContain('there is such an organisation already.');
		expect(await digest(db)).toEqual(before);
		await db.destroy();
	});

	test('makes a fund and its treasurer', async () => {
		const fund = ['--code', 'dk', '--name', 'Quỹ Đông Kinh', '--name-en', 'Fund', '--ward', 'dk-2025'];
		expect(await admin(['create-fund', ...fund])).toMatchObject({ code: 0 });
		expect((await admin(['create-fund', ...fund])).said).toContain(
			'--code DK: there is such a fund already.',
		);
		const treasurer = [
			'--name',
			'Bình',
			'--phone',
			'0912000000',
			'--role',
			'treasurer',
			'--scope',
			'fund:DK',
		];
		expect(await admin(['create', ...treasurer])).toMatchObject({ code: 0 });
		await signInClient(server.baseUrl, { phone: '0912000000', password });
	});
});

const runImport = (...args: string[]) =>
	new Promise<[number | null, string]>((resolve) => {
		const child = spawn(process.execPath, ['src/server/import.ts', ...args]);
		let said = '';
		child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
		child.once('exit', (code) => resolve([code, said]));
	});

test('the import says in two languages how it is used', async () => {
	expect(await runImport()).toEqual([
		2,
		expect.stringMatching(/^Cách dùng: .*\n--apply: .*\n--lang=en: .*tiếng Anh/),
	]);
	expect(await runImport('--lang=en')).toEqual([
		2,
		expect.stringMatching(/^Usage: .*\n--apply: .*\n--lang=en: /),
	]);
});

test.each<[string, string, Uint8Array, number, string, string]>([
	['an old workbook', 'a.xls', compoundFile('Workbook'), 0, 'kiểu cũ (.xls)', 'an old Excel file (.xls)'],
	['a locked one', 'a.xlsx', compoundFile('EncryptedPackage'), 0, 'đặt mật khẩu', 'has a password'],
	['no workbook', 'a.xlsx', Buffer.from('<html>'), 0, 'không phải bảng tính Excel', 'is no Excel workbook'],
	['a file of 100 MB', 'a.xlsx', Buffer.from('PK'), 100_000_000, 'nhiều nhất 5 MB', '5 MB at most'],
])(
	'the import refuses %s in two languages before it opens the books',
	async (_name, name, bytes, size, ...said) => {
		const folder = mkdtempSync(path.join(tmpdir(), 'import-'));
		const file = path.join(folder, name);
		writeFileSync(file, bytes);
		if (size > 0) truncateSync(file, size);
		try {
			for (const [index, lang] of ['vi', 'en'].entries())
				expect(await runImport('houses', file, '--apply', `--lang=${lang}`)).toEqual([
					2,
					expect.stringContaining(said[index]!),
				]);
		} finally {
			rmSync(folder, { recursive: true });
		}
	},
);
