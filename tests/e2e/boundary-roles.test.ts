// Who may do what, asked of the built server: every act of the team by everybody else writes nothing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { alertOf, makeClient, signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
const clients = new Map<string, Client>();
/** Whoever has no session, or had one. */
const strangers = new Map<string, Client>();
beforeAll(async () => {
	world = await startWorld();
	const { baseUrl, people, db } = world;
	for (const [name, person] of Object.entries(people)) clients.set(name, await signInClient(baseUrl, person));

	strangers.set('nobody', makeClient(baseUrl));
	strangers.set('no session', makeClient(baseUrl, new Map([['phien', 'x'.repeat(40)]])));
	const left = await signInClient(baseUrl, people.steward);
	strangers.set('signed out', makeClient(baseUrl, left.cookies));
	expect((await left.post('/cua-toi?_action=accounts.signOut', {})).status).toBe(303);
	const idle = await signInClient(baseUrl, people.treasurer);
	strangers.set('idle too long', makeClient(baseUrl, idle.cookies));
	const tokenHash = sha256Hex(idle.cookies.get('phien')!);
	await db.updateTable('session').set({ expiresAt: 1 }).where('tokenHash', '=', tokenHash).execute();
	const worn = await signInClient(baseUrl, people.approver);
	strangers.set('in use for more than 90 days', makeClient(baseUrl, worn.cookies));
	const createdAt = Date.now() - 90 * 86_400_000 - 1;
	const wornHash = sha256Hex(worn.cookies.get('phien')!);
	await db.updateTable('session').set({ createdAt }).where('tokenHash', '=', wornHash).execute();
});
afterAll(async () => {
	await world.stop();
});

type Form = { path: string; action: string; fields: Record<string, string> };
const id = () => uuidv7(Date.now());

/** Ordered so that each rightful request at the end is still possible. */
const ACTS: [name: string, rightful: string, form: (world: ServedWorld) => Form][] = [
	[
		'mark the house full',
		'steward',
		({ house }) => ({
			path: `/cua-toi/nha/${house.code}`,
			action: 'greenHouses.reportState',
			fields: { state: 'full', greenHouseCode: house.code },
		}),
	],
	[
		'close a visitor’s report',
		'steward',
		({ house, problemId }) => ({
			path: `/cua-toi/nha/${house.code}/viec-bao`,
			action: 'greenHouses.closeProblem',
			fields: { problem: problemId, house: house.code, note: 'Đã dọn' },
		}),
	],
	[
		'survey the house',
		'steward',
		({ house }) => ({
			path: `/cua-toi/nha/${house.code}/khao-sat`,
			action: 'greenHouses.survey',
			fields: {
				...{ id: id(), house: house.code, statedAt: new Date(Date.now() - 1000).toISOString() },
				...{ latitude: '21,8461', longitude: '106,7622', accuracy: '6', farConfirmed: '1' },
				...{ neighbourhood: '', hours: '', materials: 'mixed_paper' },
			},
		}),
	],
	[
		'record a sale',
		'steward',
		({ house, today, unsoldCycleId }) => ({
			path: `/cua-toi/nha/${house.code}`,
			action: 'collections.recordSale',
			fields: {
				...{ id: id(), cycle: unsoldCycleId, soldOn: today, dealer: 'Cô Hoa', how: 'lump_sum' },
				...{ 'lump-weight': '', cash: '40.000', photoMissingReason: 'Máy hết pin' },
			},
		}),
	],
	[
		'close the cycle',
		'steward',
		({ house, openCycleId }) => ({
			path: `/cua-toi/nha/${house.code}`,
			action: 'collections.closeCycle',
			fields: { cycle: openCycleId, house: house.code },
		}),
	],
	[
		'confirm a sale',
		'treasurer',
		({ saleId }) => ({
			path: `/cua-toi/phieu-ban/${saleId}`,
			action: 'collections.confirmSale',
			fields: { id: saleId },
		}),
	],
	[
		'enter a class sheet',
		'school lead',
		({ schoolHouse, today, classId }) => ({
			path: '/cua-toi/truong',
			action: 'schools.recordSheet',
			fields: {
				...{ id: id(), greenHouseCode: schoolHouse.code, collectedOn: today },
				[`cell:${classId}:mixed_paper:kg`]: '3',
			},
		}),
	],
	[
		'change a class',
		'school lead',
		({ classId }) => ({
			path: `/cua-toi/truong/lop/${classId}`,
			action: 'schoolClasses.change',
			fields: { form: 'change', id: classId, name: '6A', size: '41' },
		}),
	],
	[
		'save a class list',
		'school lead',
		({ people }) => ({
			path: '/cua-toi/truong/lop/danh-sach',
			action: 'schoolClasses.save',
			fields: {
				...{
					organisationId: people['school lead'].actor.grants[0]!.scopeId!,
					diem: '',
					list: '6A\t38\n6B\t39',
				},
				schoolYear: schoolYearOf(toLocalDate(Date.now())),
			},
		}),
	],
	[
		'announce a Green Sunday',
		'organiser',
		({ union }) => ({
			path: '/cua-toi/su-kien',
			action: 'cleanupEvents.announce',
			fields: {
				...{ id: id(), organisationId: union, title: 'Dọn đường', assemblyPoint: 'Nhà văn hoá' },
				...{ date: in30Days(), startTime: '07:00', endTime: '09:00' },
			},
		}),
	],
	[
		'cancel a Green Sunday',
		'organiser',
		({ eventId }) => ({
			path: `/cua-toi/su-kien/${eventId}/doi`,
			action: 'eventChanges.cancel',
			fields: { id: eventId, sequence: '0', cause: 'storm' },
		}),
	],
	[
		'request a payment',
		'ward officer',
		({ fund }) => ({
			path: '/cua-toi/chi',
			action: 'fund.requestDisbursement',
			fields: {
				...{ id: id(), fundId: fund.id, purpose: 'hardship', description: 'Giúp' },
				...{ amount: '50.000', count: '6' },
			},
		}),
	],
	[
		'approve a payment',
		'approver',
		({ requestId }) => ({
			path: `/cua-toi/chi/${requestId}`,
			action: 'fund.approveDisbursement',
			fields: { id: requestId },
		}),
	],
	[
		'pay',
		'treasurer',
		({ approvedId, today }) => ({
			path: `/cua-toi/chi/${approvedId}`,
			action: 'fund.payDisbursement',
			fields: { id: approvedId, entryId: id(), paidOn: today },
		}),
	],
	[
		'move the house',
		'steward',
		({ house, today }) => ({
			path: `/cua-toi/nha/${house.code}/ho-so`,
			action: 'greenHouses.move',
			fields: {
				...{ form: 'move', id: id(), house: house.code, happenedOn: today, reason: '', farConfirmed: '1' },
				...{ latitude: '21,8462', longitude: '106,7622', address: '12 Lê Lợi' },
			},
		}),
	],
	[
		'close the house',
		'ward officer',
		({ house, today }) => ({
			path: `/cua-toi/nha/${house.code}/ho-so`,
			action: 'greenHouses.close',
			fields: {
				...{ form: 'close', id: id(), house: house.code, happenedOn: today, reason: 'Hết hợp đồng' },
				successor: '',
			},
		}),
	],
];
const in30Days = () => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

/** Others who hold a role that may do this. */
const ALSO: Record<string, string[]> = {
	'close a visitor’s report': ['ward officer', 'administrator'],
	'survey the house': ['ward officer', 'administrator'],
	'move the house': ['ward officer', 'administrator'],
	'close the house': ['administrator'],
	'record a sale': ['treasurer'],
	'request a payment': ['treasurer', 'approver', 'second approver'],
	'approve a payment': ['second approver'],
};

const send = (client: Client, { path, action, fields }: Form, headers?: Record<string, string>) =>
	client.post(`${path}?_action=${action}`, fields, headers);
/** Reading a session prolongs or ends it, and tries are counted. */
const snapshot = () => digest(world.db, ['session', 'rate_limit']);

test.each(ACTS)('to %s, nobody but the %s and their like is let in', async (name, rightful, formOf) => {
	const form = formOf(world);
	const english = { ...form, path: `/en${form.path}` };
	const before = await snapshot();
	for (const [who, client] of strangers) {
		const response = await send(client, form);
		expect([who, response.status]).toEqual([who, 401]);
		expect(alertOf(await response.text())).toBe('Xin đăng nhập trước.');
		expect(alertOf(await (await send(client, english)).text())).toBe('Please sign in first.');
	}
	const others = [...clients].filter(([who]) => who !== rightful && !ALSO[name]?.includes(who));
	expect(others.length).toBeGreaterThan(9);
	for (const [who, client] of others) {
		const response = await send(client, form);
		expect([who, response.status]).toEqual([who, 403]);
		expect(alertOf(await response.text())).toMatch(/\p{L}\.$/u);
	}
	const foreign = await send(clients.get(rightful)!, form, { origin: 'https://evil.example' });
	expect(foreign.status).toBe(403);
	expect(alertOf(await foreign.text())).toContain('đến từ một trang khác');
	expect(await snapshot()).toEqual(before);
});

test.each(ACTS)('to %s is taken from the %s', async (_name, rightful, formOf) => {
	const before = await snapshot();
	const response = await send(clients.get(rightful)!, formOf(world));
	expect(response.status).toBe(303);
	expect(await snapshot()).not.toEqual(before);
});

test('a state that is none, not even one that every object has, is refused', async () => {
	const { house } = world;
	const before = await snapshot();
	for (const state of ['', 'burnt', 'constructor', '__proto__']) {
		const response = await clients
			.get('steward')!
			.post(`/cua-toi/nha/${house.code}?_action=greenHouses.reportState`, {
				state,
				greenHouseCode: house.code,
			});
		expect([state, response.status]).toEqual([state, 400]);
	}
	expect(await snapshot()).toEqual(before);
});

test('how somebody signs in, what is theirs as a file and their account wait for who they are, shown again', async () => {
	const { db, baseUrl, people } = world;
	const client = await signInClient(baseUrl, people.administrator);
	const { personId } = people.administrator.actor;
	await db.updateTable('session').set({ authenticatedAt: 1 }).where('personId', '=', personId).execute();
	const read = () => digest(db);
	const before = await read();
	const account = '/cua-toi/tai-khoan';
	const change = { displayName: 'Khác', name: '0987654321', passkey: '{}', code: '000000' };
	const fields = { ...change, password: 'một mật khẩu khác cũng dài', kind: 'totp', sure: '1' };
	const acts = ['changeAccount', 'changePassword', 'addPasskey', 'acceptTotp', 'renewCodes', 'removeFactor'];
	for (const path of [
		...acts.map((act) => `${account}/dang-nhap?_action=accounts.${act}`),
		`${account}?_action=privacy.erase`,
	])
		expect([path, (await client.post(path, fields)).status]).toEqual([path, 403]);
	for (const file of ['du-lieu.json', 'du-lieu.csv'])
		expect([file, (await client.send(`${account}/${file}`)).status]).toEqual([file, 403]);
	expect(await read()).toEqual(before);
});

test('sessions that ended leave the table when somebody signs in', async () => {
	const { db, baseUrl, people } = world;
	const { personId } = people.auditor.actor;
	await db.updateTable('session').set({ expiresAt: 1 }).where('personId', '=', personId).execute();
	await signInClient(baseUrl, people.administrator);
	const ended = db.selectFrom('session').select('tokenHash').where('personId', '=', personId);
	expect(await ended.execute()).toEqual([]);
});

test('open data, which any cache may keep, never carries the cookie of a session', async () => {
	const { db, baseUrl, people, fund } = world;
	const client = await signInClient(baseUrl, people.approver);
	const { personId } = people.approver.actor;
	const addresses = [
		'green-houses.geojson',
		'green-houses.csv',
		'green-houses.xlsx',
		'events',
		'funds',
		`funds/${fund.code}/entries`,
	];
	for (const path of [...addresses.map((name) => `/api/v1/${name}`), '/quy']) {
		// More than half of its time is over: the next page prolongs it.
		const expiresAt = Date.now() + 86_400_000;
		await db.updateTable('session').set({ expiresAt }).where('personId', '=', personId).execute();
		const response = await client.send(path);
		const isCookie = response.headers.getSetCookie().some((cookie) => cookie.startsWith('phien='));
		expect([path, response.status, isCookie]).toEqual([path, 200, path === '/quy']);
	}
});
