// Pages are answered from memory, and nobody sees by what they show that they are.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openDb } from '#lib/db.ts';
import { makeClient, signInClient } from '../support/http.ts';
import { copySample, samplePeople } from '../support/sample-portal.ts';
import { startServer } from '../support/server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'portal-copy-'));
const databaseUrl = copySample(folder);
const server = await startServer({ DATABASE_URL: databaseUrl });
const { baseUrl } = server;
afterAll(async () => {
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer };

/** As the server sent it: fetch would decompress it and drop what the headers say of that. */
const ask = (address: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
	new Promise((resolve, reject) => {
		const request = http.request(baseUrl + address, { method, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () =>
				resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
			);
		});
		request.on('error', reject).end();
	});

/** Only a page that is kept answers 304. */
async function isKept(address: string, headers: Record<string, string> = {}): Promise<boolean> {
	const { headers: first } = await ask(address, headers);
	const tag = first.etag;
	return tag !== undefined && (await ask(address, { ...headers, 'if-none-match': tag })).status === 304;
}

const PAGES = [
	'/',
	'/en',
	'/quy',
	'/chu-nhat-xanh',
	'/?noi-dat=school',
	'/quyen-rieng-tu',
	'/ghi-nhan/khong-mang',
	'/khao-sat/khong-mang',
	'/so-lop/khong-mang',
	'/diem-danh/khong-mang',
	'/truong',
];

test.each(PAGES)('%s is kept, and comes the same as when it was made', async (address) => {
	const made = await ask(address);
	const kept = await ask(address);
	expect(made.status).toBe(200);
	expect(kept.body.equals(made.body)).toBe(true);
	const told = ({ headers: { date: _date, ...headers } }: Answer) =>
		Object.fromEntries(
			Object.entries(headers).filter(([name]) => !/^(content-length|transfer-encoding|vary)$/.test(name)),
		);
	expect(told(kept)).toEqual(told(made));
	expect(kept.headers.vary).toBe('accept-encoding');
	expect(await isKept(address)).toBe(true);
});

test('it is compressed as the browser asks, and not where it does not', async () => {
	const plain = await ask('/');
	expect(plain.headers['content-encoding']).toBeUndefined();
	const br = await ask('/', { 'accept-encoding': 'gzip, deflate, br' });
	expect(br.headers['content-encoding']).toBe('br');
	expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
	const gzip = await ask('/', { 'accept-encoding': 'gzip, br;q=0' });
	expect(gzip.headers['content-encoding']).toBe('gzip');
	expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
});

test('HEAD has the headers and no body', async () => {
	const page = await ask('/');
	const head = await ask('/', {}, 'HEAD');
	expect(head.body.length).toBe(0);
	expect(head.headers.etag).toBe(page.headers.etag);
	expect(head.headers['content-length']).toBe(String(page.body.length));
});

test('304 carries the headers that guard a page', async () => {
	const page = await ask('/');
	const { status, headers, body } = await ask('/', { 'if-none-match': page.headers.etag! });
	expect([status, body.length]).toEqual([304, 0]);
	for (const name of ['content-security-policy', 'x-content-type-options', 'cache-control', 'etag'])
		expect(headers[name], name).toBe(page.headers[name]);
});

test('what another process writes is there at once', async () => {
	expect(await isKept('/')).toBe(true);
	const db = openDb(databaseUrl);
	const { code } = await db
		.updateTable('greenHouse')
		.set({ nameVi: 'Nhà văn hóa khối vừa đổi tên' })
		.where('code', '=', (eb) => eb.selectFrom('greenHouse').select((each) => each.fn.min('code').as('code')))
		.returning('code')
		.executeTakeFirstOrThrow();
	await db.destroy();
	expect((await ask('/')).body.toString()).toContain('khối vừa đổi tên');
	expect((await ask(`/ngoi-nha-xanh/${code}`)).body.toString()).toContain('khối vừa đổi tên');
});

test('what this process writes is there at once', async () => {
	const { phone, password } = samplePeople['administrator']!;
	const before = await ask('/');
	expect(await isKept('/')).toBe(true);
	await makeClient(baseUrl).post('/dang-nhap?_action=accounts.signIn', { name: phone, password });
	// Whoever tries to sign in is counted: a write, after which every page is made anew.
	const { status } = await ask('/', { 'if-none-match': before.headers.etag! });
	expect(status).toBe(200);
});

test('who goes away before the answer keeps nobody waiting', async () => {
	expect(await isKept('/quy')).toBe(true);
	await makeClient(baseUrl).post('/dang-nhap?_action=accounts.signIn', { name: '0900000000', password: 'x' });
	// Its body is awaited before the page is asked for, and the visitor has left by then.
	await new Promise<void>((resolve) => {
		const { port } = new URL(baseUrl);
		const socket = connect(Number(port), 'localhost', () => {
			socket.write('GET /quy HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n', () => {
				setTimeout(() => socket.destroy(), 100);
			});
		});
		socket.on('close', () => setTimeout(resolve, 200));
	});
	const answer = await fetch(`${baseUrl}/quy`, { signal: AbortSignal.timeout(2500) });
	expect(answer.status).toBe(200);
});

describe('never kept', () => {
	test('what a signed-in person sees', async () => {
		const client = await signInClient(baseUrl, samplePeople['administrator']!);
		const page = await client.send('/');
		expect(page.headers.get('cache-control')).toBe('private, no-cache');
		expect(page.headers.get('etag')).toBeNull();
		await ask('/quyen-rieng-tu');
		const notice = await client.send('/quyen-rieng-tu');
		expect(notice.headers.get('etag')).toBeNull();
	});

	test.each(['/ghi-nhan', '/dang-nhap', '/tao-tai-khoan', '/khong-co-trang-nay'])(
		'%s: a form’s id, a cookie, a refusal',
		async (address) => {
			expect(await isKept(address)).toBe(false);
			expect((await ask(address)).headers['cache-control']).toMatch(/^private/);
		},
	);

	test('an event with a form to sign up', async () => {
		const list = (await ask('/chu-nhat-xanh')).body.toString();
		const [event] = /\/chu-nhat-xanh\/[\w-]+/.exec(list)!;
		expect(await isKept(event)).toBe(false);
	});
});
