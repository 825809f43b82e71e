// The addresses that stay: what another site and a monitor rely on.
import { expect, test } from 'vitest';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();

const get = (path: string, init?: RequestInit) => fetch(baseUrl + path, { redirect: 'manual', ...init });
const getJson = async <T>(path: string): Promise<T> => (await get(path)).json() as Promise<T>;

test('the houses as GeoJSON in every state', async () => {
	const response = await get('/api/v1/green-houses.geojson');
	expect(response.headers.get('content-type')).toContain('application/geo+json');
	expect(response.headers.get('access-control-allow-origin')).toBe('*');
	type Feature = { type: string; id: string; geometry: object; properties: Record<string, unknown> };
	const collection = (await response.json()) as { type: string; features: Feature[] };
	expect(Object.keys(collection)).toEqual(['type', 'features']);
	expect(collection.type).toBe('FeatureCollection');
	expect(collection.features).toHaveLength(66);
	const names = ['id', 'code', 'name', 'host_type', 'state', 'state_reported_at', 'materials'];
	const register = [
		...['name_vi', 'ward_name', 'ward_as_of', 'ward_code', 'hours', 'steward_organisation'],
		...['neighbourhood', 'address'],
	];
	for (const { type, geometry, properties } of collection.features) {
		expect(type).toBe('Feature');
		// Longitude first (RFC 7946 §3.1.1).
		expect(geometry).toEqual({
			type: 'Point',
			coordinates: [expect.closeTo(106.7, 0), expect.closeTo(21.8, 0)],
		});
		expect(Object.keys(properties).sort()).toEqual(
			[...names, 'position_source', 'sample', ...register].sort(),
		);
		expect(properties['sample']).toBe(true);
		expect(Array.isArray(properties['materials'])).toBe(true);
	}
	const states = new Set(collection.features.map(({ properties }) => properties['state']));
	const all = ['closed', 'paused', 'locked', 'damaged', 'full', 'half', 'empty', 'unknown'];
	expect([...states].sort()).toEqual(all.sort());
});

type EventPage = { events: { id: string; starts_at: string }[]; next: string | null };
test('each upcoming event once, soonest first, however small the pages are', async () => {
	const { events: all } = await getJson<EventPage>('/api/v1/events?limit=100');
	const walked: EventPage['events'] = [];
	let after = '';
	do {
		const page = await getJson<EventPage>(`/api/v1/events?limit=1${after}`);
		walked.push(...page.events);
		after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
	} while (after !== '' && walked.length <= all.length);
	expect(walked).toEqual(all);
	expect(all.length).toBeGreaterThan(1);
	const starts = all.map((event) => event.starts_at);
	expect(starts).toEqual([...starts].sort());
});

type EntryPage = { entries: { sequence: number; cash_after_vnd: number }[]; next_before: number | null };
test('each row of a fund once, newest first, and the newest says what the fund holds', async () => {
	const { funds } = await getJson<{ funds: { code: string; cash_vnd: number; entry_count: number }[] }>(
		'/api/v1/funds',
	);
	const fund = funds.find(({ code }) => code === 'MAU-KL')!;
	const path = `/api/v1/funds/${fund.code.toLowerCase()}/entries?limit=25`;
	const walked: EntryPage['entries'] = [];
	let before: number | null = null;
	do {
		const page: EntryPage = await getJson(before === null ? path : `${path}&before=${before}`);
		walked.push(...page.entries);
		before = page.next_before;
	} while (before !== null && walked.length <= fund.entry_count);
	expect(walked.map(({ sequence }) => sequence)).toEqual(
		Array.from({ length: fund.entry_count }, (_, index) => fund.entry_count - index),
	);
	expect(walked[0]?.cash_after_vnd).toBe(fund.cash_vnd);
});

test.each([
	['/api/v1/funds/NO-SUCH/entries', 404],
	['/api/v1/funds/MAU-KL/entries?limit=0', 400],
	['/api/v1/funds/MAU-KL/entries?limit=201', 400],
	['/api/v1/funds/MAU-KL/entries?limit=ten', 400],
	['/api/v1/funds/MAU-KL/entries?before=-1', 400],
	['/api/v1/funds/MAU-KL/entries?before=1%27', 400],
	['/api/v1/funds/NO-SUCH/entries.csv', 404],
	['/api/v1/funds/NO-SUCH/journal.ledger', 404],
	['/api/v1/funds/MAU-KL/journal.ledger?year=now', 400],
	['/api/v1/funds/MAU-KL/journal.ledger?year=1999', 400],
	['/api/v1/funds/MAU-KL/journal.ledger?year=2026&year=2027', 400],
	['/api/v1/events?limit=0', 400],
	['/api/v1/events?limit=101', 400],
	['/api/v1/events?after=1', 400],
	['/api/v1/events?after=%27%3B--', 400],
	['/api', 404],
	['/api/v1', 404],
	['/api/v2/funds', 404],
	['/api/v1/funds/MAU-KL', 404],
	['/api/v1/funds/%00/entries', 404],
])('GET %s is %i with a sentence in JSON', async (path, status) => {
	const response = await get(path, { headers: { 'accept-language': 'en' } });
	expect(response.status).toBe(status);
	expect(response.headers.get('content-type')).toContain('application/json');
	const { error } = (await response.json()) as { error: { message: string } };
	expect(error.message).toMatch(/^[\w ].*\.$/);
});

test.each([
	['DELETE', '/api/v1/drop-offs'],
	['PUT', '/api/v1/drop-offs'],
	['POST', '/api/v1/funds'],
	['PUT', '/api/v1/events'],
])('%s %s is 404 in JSON', async (method, path) => {
	const response = await get(path, { method });
	expect(response.status).toBe(404);
	expect(await response.json()).toMatchObject({ error: { code: 'unknownAddress' } });
});

test.each(['/healthz', '/readyz'])('%s says that all is well', async (path) => {
	const response = await get(path);
	expect(response.status).toBe(200);
	expect(response.headers.get('cache-control')).toBe('no-store');
	expect(await response.json()).toHaveProperty('status');
});
