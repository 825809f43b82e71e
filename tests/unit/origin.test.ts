import { describe, expect, test } from 'vitest';
import { readConfig } from '#lib/config.ts';
import { isForeignRequest } from '#lib/origin.ts';

const isForeign = (
	publicUrl: string | undefined,
	headers: Record<string, string>,
	{ method = 'POST', url = `${publicUrl ?? 'http://localhost:4321'}/ghi-nhan` } = {},
) => isForeignRequest(new Request(url, { method, headers }), readConfig({ PUBLIC_URL: publicUrl }));

describe.each(['POST', 'PUT', 'PATCH', 'DELETE'])('a %s to the public portal', (method) => {
	const send = (headers: Record<string, string>) => isForeign('https://xanh.example.vn', headers, { method });

	test.each<Record<string, string>>([
		{},
		{ origin: 'https://xanh.example.vn' },
		{ 'sec-fetch-site': 'same-origin' },
		{ 'sec-fetch-site': 'none' },
		{ 'sec-fetch-site': 'same-origin', origin: 'https://xanh.example.vn' },
	])('with %o is its own', (headers) => expect(send(headers)).toBe(false));

	test.each<Record<string, string>>([
		{ origin: 'https://evil.example' },
		{ origin: 'null' },
		{ origin: '' },
		{ origin: 'http://xanh.example.vn' },
		{ origin: 'https://xanh.example.vn:8443' },
		{ origin: 'https://xanh.example.vn.evil.example' },
		{ origin: 'http://localhost:4321' },
		{ 'sec-fetch-site': 'cross-site' },
		{ 'sec-fetch-site': 'same-site' },
		{ 'sec-fetch-site': 'cross-site', origin: 'https://xanh.example.vn' },
		{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
		{ origin: 'https://evil.example', 'content-type': 'text/plain' },
	])('with %o is foreign', (headers) => expect(send(headers)).toBe(true));
});

test.each(['GET', 'HEAD', 'OPTIONS'])('a %s changes nothing, so it may come from anywhere', (method) => {
	const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
	expect(isForeign('https://xanh.example.vn', headers, { method })).toBe(false);
});

describe('on one’s own machine', () => {
	test.each(['http://localhost:4321', 'http://127.0.0.1:4321', 'http://[::1]:4321'])(
		'%s is its own under whichever local name it was opened',
		(origin) => expect(isForeign(undefined, { origin }, { url: `${origin}/ghi-nhan` })).toBe(false),
	);

	test.each(['http://localhost:3000', 'https://localhost:4321', 'http://192.168.1.5:4321', 'null', 'x'])(
		'%s is foreign',
		(origin) => expect(isForeign(undefined, { origin })).toBe(true),
	);

	test('another port is its own only where the page came from it', () => {
		const origin = 'http://localhost:5000';
		expect(isForeign(undefined, { origin }, { url: `${origin}/ghi-nhan` })).toBe(false);
	});
});
