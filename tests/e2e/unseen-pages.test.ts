// A page that its visitor may not see shows nothing either when another form's refusal is answered on it, and no cache
// keeps an answer that carries a visitor's cookie.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRequest } from '#features/privacy/rights-request.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { makeClient, signInClient } from '../support/http.ts';
import { startWorld } from '../support/served-world.ts';

let world: Awaited<ReturnType<typeof startWorld>>;
const SECRET_WORDS = 'chỉ người quản trị được đọc';
beforeAll(async () => {
	world = await startWorld();
	const { db, people } = world;
	const id = uuidv7(Date.now());
	const request = { id, kind: 'complain', text: SECRET_WORDS };
	await sendRequest(db, people.treasurer.actor, request, Date.now());
});
afterAll(() => world.stop());

/** Forms that fail in different ways, whoever sends them. */
const FORMS: [string, Record<string, string>][] = [
	['privacy.sendRequest', { id: uuidv7(0), kind: 'complain', text: '' }],
	['privacy.answerRequest', { id: 'x', answer: '' }],
	['privacy.readAnswer', { id: 'x' }],
	['privacy.publishNotice', {}],
	['accounts.changeAccount', {}],
];

async function openResident(name = '0987654321') {
	const resident = makeClient(world.baseUrl);
	const account = { displayName: 'Lan', name, password: 'con mèo trèo cây cau hỏi thăm' };
	await resident.post('/tao-tai-khoan?_action=privacy.openAccount', { ...account, isSixteen: '1' });
	return resident;
}

test('a request of another person stays unseen, whichever form is refused on its page', async () => {
	const visitors = {
		resident: await openResident(),
		steward: await signInClient(world.baseUrl, world.people.steward),
	};
	for (const [who, visitor] of Object.entries(visitors)) {
		for (const page of ['/cua-toi/yeu-cau', '/cua-toi/thong-bao', '/cua-toi/nhat-ky']) {
			for (const [action, fields] of FORMS) {
				const response = await visitor.post(`${page}?_action=${action}`, fields);
				const text = await response.text();
				expect([who, page, action, response.status >= 400]).toEqual([who, page, action, true]);
				expect([who, page, action, text.includes(SECRET_WORDS)]).toEqual([who, page, action, false]);
				expect([who, page, action, text.includes('name="body-vi"')]).toEqual([who, page, action, false]);
			}
		}
	}
});

test('the secret of an authenticator is shown to nobody who has not just confirmed who they are', async () => {
	const resident = await openResident('0987654322');
	const page = '/cua-toi/tai-khoan/dang-nhap';
	expect(await (await resident.send(page)).text()).toContain('acceptTotp');
	await world.db.updateTable('session').set({ authenticatedAt: 0 }).execute();
	const response = await resident.post(`${page}?_action=accounts.changeAccount`, {});
	expect(response.status).toBeGreaterThanOrEqual(400);
	expect(await response.text()).not.toContain('acceptTotp');
});

test('an answer that brings a cookie is kept by no cache', async () => {
	const { db, people, baseUrl } = world;
	const approver = await signInClient(baseUrl, people.approver);
	await db.updateTable('session').set({ mustRotate: 1 }).execute();
	const response = await approver.send('/.well-known/security.txt');
	expect(response.headers.getSetCookie()).not.toEqual([]);
	expect(response.headers.get('cache-control')).toBe('private, no-store');
	const again = await approver.send('/.well-known/security.txt');
	expect(again.headers.getSetCookie()).toEqual([]);
	expect(again.headers.get('cache-control')).toContain('public');
});
