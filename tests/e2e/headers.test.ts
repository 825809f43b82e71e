// Every answer carries the portal's headers: each page and file of src/pages as it stands for whoever may open it, each
// of them with every method, and each status that the portal answers. A new page without a row fails here.
import { globSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { announceSeries } from '#features/cleanup-events/event-series.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { recordStatement } from '#features/fund/statement.service.ts';
import { stopToken, wishToken } from '#features/notifications/follow.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { offerAlias } from '#features/privacy/alias.service.ts';
import { draftCampaign } from '#features/schools/campaign.service.ts';
import { issueClassLinks } from '#features/schools/class-link.service.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { MAX_BODY_BYTES } from '#lib/body.ts';
import { sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, PLAIN_CAMPAIGN, PLAIN_EVENT } from '../support/fixtures.ts';
import { makeClient, signInClient, type Client } from '../support/http.ts';
import { makeSchoolStory, type SchoolStory } from '../support/school-story.ts';
import { SECRET, startWorld, type ServedWorld } from '../support/served-world.ts';
import { startServer } from '../support/server.ts';

type Visitor = 'visitor' | 'device' | keyof ServedWorld['people'];
/** Who opens it, the address, the status when it is not 200, and what its caching must say when it is more than any. */
type Row = { who?: Visitor; at: string; status?: number; method?: 'POST'; cache?: RegExp };

const OPEN = /^public, max-age/;
const NEVER = /no-store/;

let world: ServedWorld;
let rows: Record<string, Row[]>;
const clients = new Map<Visitor, Client>();

async function fillMore() {
	const { db, people, house, fund, photoDir } = world;
	const now = Date.now();
	const device = mintDeviceSecret();
	const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 2000 }];
	const dropOff = { id: uuidv7(now), greenHouseCode: house.code, happenedAt: now, channel: 'web' as const };
	await recordDropOff(db, { kind: 'device', secret: device }, { ...dropOff, lines }, now);
	const signUpInput = { id: uuidv7(now), kind: 'person' as const, name: 'Lan', headCount: 2, phone: null };
	const signed = await signUp(
		db,
		world.eventId,
		{ ...signUpInput, isSixteen: true },
		{ secret: device },
		now,
	);
	const transfer = await offerAlias(db, device, now);
	const { token: invitation } = await inviteToRole(
		db,
		SECRET,
		people.administrator.actor,
		{ id: uuidv7(now), role: 'steward', scopeKind: 'house', scopeId: house.id, name: '0987000111' },
		now,
	);
	const statement = {
		...{ id: uuidv7(now), fundId: fund.id, kind: 'gift' as const, happenedOn: world.today },
		...{ account: 'cash' as const, amountVnd: 5000, words: 'Bà con ủng hộ', privateNote: '' },
		...{ purpose: null, photoMissingReason: '' },
	};
	const bytes = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
		.jpeg()
		.toBuffer();
	const store = openPhotoStore({ photoDir, photoBucket: undefined });
	await recordStatement(db, people.treasurer.actor, statement, now, { bytes, hasChildren: false, store });
	const { id: photoId } = await db.selectFrom('photo').select('id').executeTakeFirstOrThrow();
	const { id: entryId } = await db.selectFrom('journalEntry').select('id').executeTakeFirstOrThrow();
	const { slug } = await db.selectFrom('cleanupEvent').select('slug').executeTakeFirstOrThrow();
	const first = { startsAt: now + DAY, endsAt: now + DAY + 3_600_000, greenHouseCode: null, capacity: null };
	const [day, until] = [DAY, 8 * DAY].map((ahead) => toLocalDate(now + ahead)) as [string, string];
	const seriesId = uuidv7(now);
	await announceSeries(
		db,
		people.organiser.actor,
		{
			...{ ...PLAIN_EVENT, ...first, id: seriesId, organisationId: world.union, title: 'Dọn chợ' },
			...{ description: '', whatToBring: '', assemblyPoint: 'Cổng chợ', latitude: null, longitude: null },
			...{ pattern: 'weekly', until, dates: [day, until] },
		},
		now,
	);
	const wish = wishToken(SECRET, {
		...{ email: 'lan@example.vn', target: { kind: 'house', id: house.id }, kinds: 'new', locale: 'vi' },
		...{ personId: null, deviceAliasId: null, until: now + 3_600_000 },
	});
	const stop = stopToken(SECRET, uuidv7(now));
	const device2 = makeClient(world.baseUrl);
	device2.cookies.set('ho', device);
	clients.set('device', device2);
	return {
		dropOffId: dropOff.id,
		signed,
		seriesId,
		transfer,
		invitation,
		statementId: statement.id,
		photoId,
		entryId,
		slug,
		...{ wish, stop },
	};
}

/** A draft of the school whose lead signs in. */
async function draftOwnCampaign(): Promise<string> {
	const id = uuidv7(Date.now());
	const days = { startsOn: world.today, endsOn: world.today };
	const campaign = { ...PLAIN_CAMPAIGN, ...days, id, greenHouseCode: world.schoolHouse.code };
	await draftCampaign(world.db, world.people['school lead'].actor, campaign, Date.now());
	return id;
}

/** A link for the first class; the one before it has ended. */
async function issueLink({ people, runningId, classIds }: SchoolStory): Promise<string> {
	const input = { id: uuidv7(Date.now()), campaignId: runningId, classId: classIds[0]! };
	return (await issueClassLinks(world.db, SECRET, people.lead, input, Date.now()))[0]!.token;
}

async function makeRows(): Promise<Record<string, Row[]>> {
	const more = await fillMore();
	const { house, schoolHouse, fund, saleId, requestId, eventId, classId } = world;
	const school = await makeSchoolStory(world.db, Date.now());
	const [schoolAt, campaignAt] = [
		`/truong/${school.schoolId}`,
		`/truong/${school.schoolId}/${school.endedId}`,
	];
	const campaignId = await draftOwnCampaign();
	const [lapsedLink, classLink] = [await issueLink(school), await issueLink(school)];
	const work = `/cua-toi/quy/${fund.code}`;
	const data = `/api/v1/funds/${fund.code}`;
	const month = world.today.slice(0, 7);
	const account = '/cua-toi/tai-khoan';
	return {
		'.well-known/security.txt': [{ at: '/.well-known/security.txt', cache: /public/ }],
		'404': [{ at: '/404', status: 404 }],
		'500': [{ at: '/500', status: 500 }],
		'[...lang]/index': [{ at: '/' }, { at: '/en' }],
		'[...lang]/chu-nhat-xanh/index': [{ at: '/chu-nhat-xanh' }],
		'[...lang]/chu-nhat-xanh/[slug]': [
			{ at: `/chu-nhat-xanh/${more.slug}` },
			{ who: 'organiser', at: `/chu-nhat-xanh/${more.slug}` },
		],
		'[...lang]/chu-nhat-xanh/dot/[id]': [
			{ at: `/chu-nhat-xanh/dot/${more.seriesId}` },
			{ who: 'organiser', at: `/chu-nhat-xanh/dot/${more.seriesId}` },
		],
		'[...lang]/chu-nhat-xanh/[slug]/ap-phich': [{ at: `/chu-nhat-xanh/${more.slug}/ap-phich` }],
		'[...lang]/chu-nhat-xanh/[slug]/chia-se.png': [
			{ at: `/chu-nhat-xanh/${more.slug}/chia-se.png`, cache: OPEN },
			{ at: '/chu-nhat-xanh/khong-co/chia-se.png', status: 404 },
		],
		'[...lang]/chu-nhat-xanh/[slug].ics': [{ at: `/chu-nhat-xanh/${more.slug}.ics`, cache: OPEN }],
		'[...lang]/chu-nhat-xanh/huy-dang-ky': [
			{ at: `/chu-nhat-xanh/huy-dang-ky?ma=${more.signed.token}`, cache: NEVER },
		],
		'[...lang]/chu-nhat-xanh/giay-xac-nhan': [
			{ at: `/chu-nhat-xanh/giay-xac-nhan?ma=${more.signed.token}`, cache: NEVER },
		],
		'[...lang]/chu-nhat-xanh/xac-nhan': [{ at: '/chu-nhat-xanh/xac-nhan', cache: NEVER }],
		'[...lang]/chuyen-may': [{ at: `/chuyen-may?ma=${more.transfer}` }],
		'[...lang]/cua-toi/index': [
			{ at: '/cua-toi' },
			{ who: 'device', at: '/cua-toi' },
			{ who: 'treasurer', at: '/cua-toi' },
		],
		'[...lang]/cua-toi/anh': [{ who: 'ward officer', at: '/cua-toi/anh' }],
		'[...lang]/cua-toi/chi/index': [{ who: 'treasurer', at: '/cua-toi/chi' }],
		'[...lang]/cua-toi/chi/[id]': [{ who: 'approver', at: `/cua-toi/chi/${requestId}` }],
		'[...lang]/cua-toi/nha/[code]': [{ who: 'steward', at: `/cua-toi/nha/${house.code}` }],
		'[...lang]/cua-toi/nha/[code]/viec-bao': [
			{ who: 'steward', at: `/cua-toi/nha/${house.code}/viec-bao` },
			{ who: 'administrator', at: `/cua-toi/nha/${house.code}/viec-bao` },
		],
		'[...lang]/cua-toi/nha/[code]/khao-sat': [{ who: 'steward', at: `/cua-toi/nha/${house.code}/khao-sat` }],
		'[...lang]/cua-toi/nha/[code]/ho-so': [{ who: 'steward', at: `/cua-toi/nha/${house.code}/ho-so` }],
		'[...lang]/cua-toi/nha/[code]/so-tay': [{ who: 'steward', at: `/cua-toi/nha/${house.code}/so-tay` }],
		'[...lang]/cua-toi/nhat-ky': [{ who: 'auditor', at: '/cua-toi/nhat-ky' }],
		'[...lang]/cua-toi/kiem-tra': [{ who: 'administrator', at: '/cua-toi/kiem-tra' }],
		'[...lang]/cua-toi/nhat-ky.csv': [{ who: 'auditor', at: '/cua-toi/nhat-ky.csv', cache: NEVER }],
		'[...lang]/cua-toi/nhom': [{ who: 'administrator', at: '/cua-toi/nhom' }],
		'[...lang]/cua-toi/phieu-ban/[id]': [{ who: 'treasurer', at: `/cua-toi/phieu-ban/${saleId}` }],
		'[...lang]/cua-toi/quy/[code]/index': [{ who: 'treasurer', at: work }],
		'[...lang]/cua-toi/quy/[code]/ghi-thu': [{ who: 'treasurer', at: `${work}/ghi-thu` }],
		'[...lang]/cua-toi/quy/[code]/khoa-so': [{ who: 'treasurer', at: `${work}/khoa-so` }],
		'[...lang]/cua-toi/quy/[code]/kiem-quy': [{ who: 'treasurer', at: `${work}/kiem-quy` }],
		'[...lang]/cua-toi/quy/[code]/cong-khai': [{ who: 'treasurer', at: `${work}/cong-khai` }],
		'[...lang]/cua-toi/quy/[code]/ghi-dao': [{ who: 'treasurer', at: `${work}/ghi-dao` }],
		'[...lang]/cua-toi/quy/[code]/muc-lech': [{ who: 'approver', at: `${work}/muc-lech` }],
		'[...lang]/cua-toi/quy/dao/[id]': [{ who: 'approver', at: `/cua-toi/quy/dao/${more.entryId}` }],
		'[...lang]/cua-toi/quy/[code]/quy-che': [{ who: 'approver', at: `${work}/quy-che` }],
		'[...lang]/cua-toi/quy/phieu/[id]': [{ who: 'approver', at: `/cua-toi/quy/phieu/${more.statementId}` }],
		'[...lang]/cua-toi/su-kien/index': [{ who: 'organiser', at: '/cua-toi/su-kien' }],
		'[...lang]/cua-toi/su-kien/[id]': [{ who: 'organiser', at: `/cua-toi/su-kien/${eventId}` }],
		'[...lang]/cua-toi/su-kien/dot/[id]': [{ who: 'organiser', at: `/cua-toi/su-kien/dot/${more.seriesId}` }],
		'[...lang]/cua-toi/su-kien/[id]/doi': [{ who: 'organiser', at: `/cua-toi/su-kien/${eventId}/doi` }],
		'[...lang]/cua-toi/su-kien/[id]/bao-cao': [
			{ who: 'organiser', at: `/cua-toi/su-kien/${eventId}/bao-cao` },
		],
		'[...lang]/cua-toi/su-kien/[id]/diem-danh': [
			{ who: 'organiser', at: `/cua-toi/su-kien/${eventId}/diem-danh`, cache: NEVER },
		],
		'[...lang]/cua-toi/su-kien/[id]/bao-cao.docx': [
			{ who: 'organiser', at: `/cua-toi/su-kien/${eventId}/bao-cao.docx`, cache: NEVER },
		],
		'[...lang]/cua-toi/tai-khoan/index': [{ who: 'treasurer', at: account }],
		'[...lang]/cua-toi/tai-khoan/dang-nhap': [{ who: 'treasurer', at: `${account}/dang-nhap`, cache: NEVER }],
		'[...lang]/cua-toi/tai-khoan/du-lieu.[kind]': [
			{ who: 'treasurer', at: `${account}/du-lieu.json`, cache: NEVER },
			{ who: 'treasurer', at: `${account}/du-lieu.csv`, cache: NEVER },
		],
		'[...lang]/cua-toi/thong-bao': [{ who: 'administrator', at: '/cua-toi/thong-bao', cache: NEVER }],
		'[...lang]/cua-toi/truong/index': [{ who: 'school lead', at: '/cua-toi/truong' }],
		'[...lang]/cua-toi/truong/dot/index': [{ who: 'school lead', at: '/cua-toi/truong/dot' }],
		'[...lang]/cua-toi/truong/dot/[id]': [{ who: 'school lead', at: `/cua-toi/truong/dot/${campaignId}` }],
		'[...lang]/cua-toi/truong/dot/[id]/duong-dan': [
			{ who: 'school lead', at: `/cua-toi/truong/dot/${campaignId}/duong-dan`, cache: NEVER },
			{ at: `/cua-toi/truong/dot/${campaignId}/duong-dan`, status: 303 },
		],
		'[...lang]/lop/[token]': [
			{ at: `/lop/${classLink}`, cache: NEVER },
			{ at: `/en/lop/${lapsedLink}`, status: 410, cache: NEVER },
			{ at: `/lop/${'x'.repeat(43)}`, status: 404, cache: NEVER },
		],
		'[...lang]/cua-toi/truong/lop/index': [
			{ who: 'school lead', at: '/cua-toi/truong/lop' },
			{ who: 'school lead', at: '/cua-toi/truong/lop?nam=2020-2021' },
		],
		'[...lang]/cua-toi/truong/lop/[id]': [{ who: 'school lead', at: `/cua-toi/truong/lop/${classId}` }],
		'[...lang]/cua-toi/truong/lop/danh-sach': [{ who: 'school lead', at: '/cua-toi/truong/lop/danh-sach' }],
		'[...lang]/cua-toi/truong/lop/nam-moi': [{ who: 'school lead', at: '/cua-toi/truong/lop/nam-moi' }],
		'[...lang]/cua-toi/truong/mau.xlsx': [
			{ who: 'school lead', at: `/cua-toi/truong/mau.xlsx?diem=${schoolHouse.code}`, cache: NEVER },
			{ who: 'steward', at: `/cua-toi/truong/mau.xlsx?diem=${schoolHouse.code}`, status: 403 },
			{ at: '/cua-toi/truong/mau.xlsx', status: 401 },
		],
		'[...lang]/cua-toi/truong/so/[id].xlsx': [
			{ who: 'school lead', at: '/cua-toi/truong/so/khac.xlsx', status: 404 },
		],
		'[...lang]/cua-toi/yeu-cau': [{ who: 'administrator', at: '/cua-toi/yeu-cau' }],
		'[...lang]/dang-nhap/index': [{ at: '/dang-nhap' }],
		'[...lang]/dang-nhap/buoc-hai': [{ who: 'treasurer', at: '/dang-nhap/buoc-hai' }],
		'[...lang]/dang-nhap/dat-lai': [{ at: '/dang-nhap/dat-lai' }],
		'[...lang]/cho-gui': [{ at: '/cho-gui', cache: /public/ }],
		'[...lang]/ngoai-tuyen': [{ at: '/ngoai-tuyen', cache: /public/ }],
		'[...lang]/bao-tin/index': [{ at: `/bao-tin?diem=${house.code}` }],
		'[...lang]/bao-tin/khong-mang': [{ at: '/bao-tin/khong-mang', cache: /public/ }],
		'[...lang]/diem-danh/khong-mang': [{ at: '/diem-danh/khong-mang', cache: /public/ }],
		'[...lang]/so-lop/khong-mang': [{ at: '/so-lop/khong-mang', cache: /public/ }],
		'[...lang]/khao-sat/khong-mang': [{ at: '/khao-sat/khong-mang', cache: /public/ }],
		'[...lang]/ghi-nhan/khong-mang': [{ at: '/ghi-nhan/khong-mang', cache: /public/ }],
		'[...lang]/ghi-nhan/index': [{ at: `/ghi-nhan?diem=${house.code}` }],
		'[...lang]/ghi-nhan/xong': [{ who: 'device', at: `/ghi-nhan/xong?ma=${more.dropOffId}` }],
		'[...lang]/hanh-trinh/[kind]/[id]': [
			{ at: `/hanh-trinh/luot/${more.dropOffId}` },
			{ at: `/hanh-trinh/phieu-ban/${saleId}` },
		],
		'[...lang]/loi-moi': [{ at: `/loi-moi?ma=${more.invitation}` }],
		'[...lang]/ngoi-nha-xanh/[code]': [{ at: `/ngoi-nha-xanh/${house.code}` }],
		'[...lang]/ngoi-nha-xanh/[code]/bien': [{ at: `/ngoi-nha-xanh/${house.code}/bien`, cache: /public/ }],
		'[...lang]/ngoi-nha-xanh/bien': [{ at: '/ngoi-nha-xanh/bien', cache: /public/ }],
		'[...lang]/ngoi-nha-xanh/[code]/bang-phan-loai': [
			{ at: `/ngoi-nha-xanh/${house.code}/bang-phan-loai`, cache: /public/ },
		],
		'[...lang]/phan-loai/index': [
			{ at: '/phan-loai', cache: /public/ },
			{ at: '/en/phan-loai?q=pin', cache: /private/ },
		],
		'[...lang]/phan-loai/[slug]': [
			{ at: '/phan-loai/pin', cache: /public/ },
			{ at: '/phan-loai/khong-co', status: 404 },
		],
		'[...lang]/cua-toi/phan-loai/[slug]': [
			{ who: 'administrator', at: '/cua-toi/phan-loai/pin', cache: NEVER },
		],
		'[...lang]/nguon-du-lieu': [{ at: '/nguon-du-lieu' }],
		'[...lang]/nhung/index': [{ at: '/nhung' }],
		'[...lang]/nhung/ban-do': [
			{ at: '/nhung/ban-do', cache: /public/ },
			{ at: '/en/nhung/ban-do?phuong=khong-co', status: 400 },
		],
		'[...lang]/nhung/danh-sach': [{ at: '/nhung/danh-sach?con-cho=1', cache: /public/ }],
		'[...lang]/quy/index': [{ at: '/quy' }],
		'[...lang]/quy/[code]': [{ at: `/quy/${fund.code}` }],
		'[...lang]/quy/[code]/bang/[month]': [{ at: `/quy/${fund.code}/bang/${month}` }],
		'[...lang]/quy/[code]/cong-khai': [{ at: `/quy/${fund.code}/cong-khai` }],
		'[...lang]/quy/but-toan/[id]/phieu': [{ who: 'treasurer', at: `/quy/but-toan/${more.entryId}/phieu` }],
		'[...lang]/quy/so': [{ at: '/quy/so' }],
		'[...lang]/quy/but-toan/[id]': [{ at: `/quy/but-toan/${more.entryId}` }],
		'[...lang]/quy/kiem-chung': [{ at: '/quy/kiem-chung' }],
		'[...lang]/quyen-rieng-tu': [{ at: '/quyen-rieng-tu' }],
		'[...lang]/tao-tai-khoan': [{ at: '/tao-tai-khoan' }],
		'[...lang]/theo-doi/index': [
			{ at: `/theo-doi?nha=${house.code}` },
			{ at: '/theo-doi?nha=NNX-999', status: 404 },
			{ who: 'organiser', at: '/theo-doi' },
		],
		'[...lang]/theo-doi/xac-nhan': [
			{ at: `/theo-doi/xac-nhan?ma=${more.wish}`, cache: NEVER },
			{ at: '/theo-doi/xac-nhan?ma=khac', status: 404, cache: NEVER },
		],
		'[...lang]/theo-doi/thoi': [{ at: `/theo-doi/thoi?ma=${more.stop}`, cache: NEVER }],
		'anh/[id]': [
			{ who: 'approver', at: `/anh/${more.photoId}`, cache: NEVER },
			{ at: `/anh/${more.photoId}`, status: 404 },
		],
		'api/v1/drop-offs': [
			{ at: '/api/v1/drop-offs', status: 204, cache: NEVER },
			{ at: '/api/v1/drop-offs', method: 'POST', status: 415 },
		],
		'api/v1/house-states': [{ at: '/api/v1/house-states', method: 'POST', status: 415 }],
		'api/v1/problem-reports': [{ at: '/api/v1/problem-reports', method: 'POST', status: 415 }],
		'api/v1/photos': [{ at: '/api/v1/photos', method: 'POST', status: 415 }],
		'api/v1/attendance': [{ at: '/api/v1/attendance', method: 'POST', status: 415 }],
		'api/v1/class-sheets': [{ at: '/api/v1/class-sheets', method: 'POST', status: 415 }],
		'api/v1/house-surveys': [{ at: '/api/v1/house-surveys', method: 'POST', status: 415 }],
		'api/v1/events': [{ at: '/api/v1/events', cache: OPEN }],
		'api/v1/events.ics': [{ at: '/api/v1/events.ics', cache: OPEN }],
		'api/v1/events.atom': [{ at: '/api/v1/events.atom?ward=tt-2025', cache: OPEN }],
		'api/v1/funds/index': [{ at: '/api/v1/funds', cache: OPEN }],
		'api/v1/funds/[code]/checkpoint': [{ at: `${data}/checkpoint` }],
		'api/v1/funds/[code]/entries': [{ at: `${data}/entries`, cache: OPEN }],
		'api/v1/funds/[code]/entries.csv': [{ at: `${data}/entries.csv` }],
		'api/v1/funds/[code]/journal.ledger': [{ at: `${data}/journal.ledger` }],
		'api/v1/funds/[code]/leaves.jsonl': [{ at: `${data}/leaves.jsonl` }],
		'api/v1/funds/[code]/proof/consistency': [{ at: `${data}/proof/consistency?from=1&to=1` }],
		'api/v1/funds/[code]/proof/inclusion': [{ at: `${data}/proof/inclusion?entry=${more.entryId}` }],
		'api/v1/funds/[code]/texts.jsonl': [{ at: `${data}/texts.jsonl` }],
		'api/v1/green-houses.csv': [{ at: '/api/v1/green-houses.csv', cache: OPEN }],
		'api/v1/green-houses.geojson': [{ at: '/api/v1/green-houses.geojson', cache: OPEN }],
		'api/v1/green-houses.xlsx': [{ at: '/api/v1/green-houses.xlsx', cache: OPEN }],
		'api/v1/ledger/keys': [{ at: '/api/v1/ledger/keys' }],
		'api/v1/sorting-guide': [{ at: '/api/v1/sorting-guide', cache: OPEN }],
		'api/v1/trace/[kind]/[id]': [{ at: `/api/v1/trace/sale/${saleId}`, cache: OPEN }],
		'[...lang]/nhung/truong/[id]': [
			{ at: `/nhung/truong/${school.schoolId}` },
			{ at: '/nhung/truong/khac', status: 404 },
		],
		'[...lang]/truong/index': [{ at: '/truong' }, { at: '/en/truong' }],
		'[...lang]/truong/[id]/index': [
			{ at: schoolAt },
			{ at: `${schoolAt}?nam=${school.schoolYear}` },
			{ at: `${schoolAt}?nam=1999-2000`, status: 302 },
			{ at: '/truong/khac', status: 404 },
		],
		'[...lang]/truong/[id]/thu-hai': [
			{ at: `${schoolAt}/thu-hai` },
			{ at: '/truong/khac/thu-hai', status: 404 },
		],
		'[...lang]/truong/[id]/so-nam.xlsx': [
			{ at: `${schoolAt}/so-nam.xlsx?nam=${school.schoolYear}`, cache: OPEN },
			{ at: `${schoolAt}/so-nam.xlsx?nam=1999-2000`, status: 404 },
		],
		'[...lang]/truong/[id]/[campaignId]/index': [
			{ at: campaignAt },
			{ at: `${schoolAt}/${school.runningId}` },
			{ at: `${schoolAt}/${school.draftId}`, status: 404 },
			{ who: 'school lead', at: `${schoolAt}/${school.draftId}`, status: 404 },
		],
		'[...lang]/truong/[id]/[campaignId]/khen': [
			{ at: `${campaignAt}/khen` },
			{ at: `${campaignAt}/khen?rieng` },
			{ at: `${schoolAt}/${school.draftId}/khen`, status: 404 },
		],
		'[...lang]/truong/[id]/[campaignId]/ket-qua.xlsx': [
			{ at: `${campaignAt}/ket-qua.xlsx`, cache: OPEN },
			{ at: `${schoolAt}/${school.draftId}/ket-qua.xlsx`, status: 404 },
		],
		healthz: [{ at: '/healthz' }],
		readyz: [{ at: '/readyz' }],
		'n/[code]': [{ at: `/n/${house.code}`, status: 301 }],
		'passkey/[kind]': [
			{ at: '/passkey/sign-in', method: 'POST' },
			{ who: 'treasurer', at: '/passkey/add', method: 'POST' },
		],
	};
}

const FILES = globSync(['src/pages/**/[!_]*.{astro,ts}', 'src/pages/.*/**/*.{astro,ts}']).map((file) =>
	path
		.relative('src/pages', file)
		.replaceAll(path.sep, '/')
		.replace(/\.(astro|ts)$/, ''),
);

async function clientOf(who: Visitor): Promise<Client> {
	const known = clients.get(who);
	if (known) return known;
	const client =
		who === 'visitor' || who === 'device'
			? makeClient(world.baseUrl)
			: await signInClient(world.baseUrl, world.people[who]);
	clients.set(who, client);
	return client;
}

const EXPECTED: Record<string, RegExp> = {
	'x-content-type-options': /^nosniff$/,
	'x-frame-options': /^DENY$/,
	'referrer-policy': /^(strict-origin-when-cross-origin|same-origin)$/,
	'cross-origin-opener-policy': /^same-origin$/,
	'permissions-policy': /^camera=\(self\), geolocation=\(self\), microphone=\(\), payment=\(\), usb=\(\)$/,
	'content-security-policy': /^default-src '(self|none)'.*frame-ancestors 'none'/,
	'cache-control': /no-cache|no-store|max-age/,
};

/** The only pages that other sites may frame, when they are themselves and no error page. */
const FRAMED = {
	...EXPECTED,
	'x-frame-options': /^$/,
	'content-security-policy': /^default-src 'self'.*frame-ancestors \*(;|$)/,
};
const isFramed = (name: string, status: number) =>
	/\/nhung\/(ban-do|danh-sach|truong\/[\w-]+)(\?|$)/.test(name) && (status === 200 || status === 400);

/** What an answer lacks. */
function faultsOf(name: string, response: Response): string[] {
	const { headers, status } = response;
	const faults: string[] = [];
	for (const [header, pattern] of Object.entries(isFramed(name, status) ? FRAMED : EXPECTED))
		if (!pattern.test(headers.get(header) ?? '')) faults.push(`${header}: ${headers.get(header)}`);
	for (const header of ['server', 'x-powered-by']) if (headers.has(header)) faults.push(header);
	const policy = headers.get('content-security-policy') ?? '';
	if (policy.includes('unsafe-')) faults.push(policy);
	// A page of ours runs what is ours; anything else runs nothing.
	const isPage =
		headers.get('content-type')?.startsWith('text/html') === true && !policy.startsWith("default-src 'none'");
	if (isPage && !/script-src [^;]*'self'|script-src [^;]*'sha256-/.test(policy)) faults.push(policy);
	if (headers.getSetCookie().length > 0 && !/no-store/.test(headers.get('cache-control') ?? ''))
		faults.push('a cookie that a cache may keep');
	return faults.map((fault) => `${name} (${status}): ${fault}`);
}

beforeAll(async () => {
	world = await startWorld();
	rows = await makeRows();
	// The first checkpoint of the book is signed within seconds.
	const checkpoint = `${world.baseUrl}/api/v1/funds/${world.fund.code}/checkpoint`;
	while ((await fetch(checkpoint)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 500));
});
afterAll(() => world.stop());

test('every page and file has its row', () => {
	expect(Object.keys(rows).sort()).toEqual([...FILES].sort());
});

describe('the portal’s headers', () => {
	test('stand on every page and file as it is for whoever may open it', async () => {
		const faults: string[] = [];
		for (const row of Object.values(rows).flat()) {
			const { who = 'visitor', at, status = 200, method = 'GET', cache } = row;
			const { origin } = new URL(world.baseUrl);
			const response = await (await clientOf(who)).send(at, { method, headers: { origin } });
			await response.arrayBuffer();
			if (response.status !== status) faults.push(`${who} ${at}: ${response.status} instead of ${status}`);
			const rule = response.headers.get('cache-control') ?? '';
			if (cache && !cache.test(rule)) faults.push(`${who} ${at}: cache-control: ${rule}`);
			// What is somebody's own is kept by no shared cache.
			if (who !== 'visitor' && /public/.test(rule)) faults.push(`${who} ${at}: cache-control: ${rule}`);
			faults.push(...faultsOf(`${who} ${at}`, response));
		}
		expect(faults).toEqual([]);
	});

	test.each(['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
		'stand on every answer to %s, whoever asks',
		async (method) => {
			const faults: string[] = [];
			const statuses = new Set<number>();
			for (const who of ['visitor', 'administrator'] as const)
				for (const { at } of Object.values(rows).flat()) {
					const { origin } = new URL(world.baseUrl);
					const response = await (await clientOf(who)).send(at, { method, headers: { origin } });
					await response.arrayBuffer();
					statuses.add(response.status);
					if (response.status >= 500 && at !== '/500') faults.push(`${at}: ${response.status}`);
					faults.push(...faultsOf(`${who} ${method} ${at}`, response));
				}
			expect(faults).toEqual([]);
			if (method === 'PUT') expect([...statuses]).toContain(404);
		},
	);

	test('stand on every refusal: 303, 400, 401, 403, 404, 409, 413, 415, 422 and 429', async () => {
		const { baseUrl, db, house, today } = world;
		const { origin } = new URL(baseUrl);
		const visitor = makeClient(baseUrl);
		const treasurer = await clientOf('treasurer');
		const big = 'x'.repeat(MAX_BODY_BYTES + 1);
		const form = { 'content-type': 'application/x-www-form-urlencoded', origin };
		const json = { 'content-type': 'application/json', origin };
		const dropOff = {
			...{ id: uuidv7(Date.now()), house: house.code, date: today, channel: 'web' },
			...{ 'material-0': 'mixed_paper', 'unit-0': 'kg', quantity: '2' },
		};
		const api = '/api/v1/drop-offs';
		const asked: [status: number, name: string, ask: () => Promise<Response>][] = [
			[303, 'a page for those who are signed in', () => visitor.send('/cua-toi/tai-khoan')],
			[303, 'a form that was taken', () => visitor.post('/ghi-nhan?_action=dropOffs.record', dropOff)],
			[
				400,
				'an id that is none',
				() => treasurer.post('/cua-toi/tai-khoan?_action=privacy.sendRequest', { id: 'x' }),
			],
			[
				401,
				'a form of somebody signed out',
				() =>
					visitor.post('/cua-toi?_action=privacy.sendRequest', {
						...{ id: uuidv7(Date.now()), kind: 'access', text: 'Xem' },
					}),
			],
			[401, 'data of somebody signed out', () => visitor.send('/cua-toi/tai-khoan/du-lieu.json')],
			[403, 'a page of another role', () => treasurer.send('/cua-toi/nhat-ky')],
			[
				403,
				'another site',
				() => visitor.post('/ghi-nhan?_action=dropOffs.record', {}, { origin: 'https://evil.example' }),
			],
			[404, 'a page that is none', () => visitor.send('/khong-co')],
			[404, 'an object that is none', () => visitor.send(`/quy/but-toan/${uuidv7(0)}`)],
			[404, 'a name with a NUL', () => visitor.send('/ngoi-nha-xanh/%00')],
			[404, 'data that is none', () => visitor.send('/api/v1/funds/X/entries')],
			[404, 'a method that a file has not', () => visitor.send(api, { method: 'PUT', headers: { origin } })],
			[
				409,
				'an id that stands for something else',
				() => visitor.post('/ghi-nhan?_action=dropOffs.record', { ...dropOff, quantity: '3' }),
			],
			[
				413,
				'a form that is too large',
				() => visitor.send('/ghi-nhan?_action=dropOffs.record', { method: 'POST', body: big, headers: form }),
			],
			[
				413,
				'an outbox that is too large',
				() => visitor.send(api, { method: 'POST', body: big, headers: json }),
			],
			[
				415,
				'a form that is none',
				() =>
					visitor.send('/dang-nhap?_action=accounts.signIn', { method: 'POST', body: '{}', headers: json }),
			],
			[
				415,
				'an outbox that is none',
				() =>
					visitor.send(api, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain', origin } }),
			],
			[
				422,
				'a form with a mistake',
				() =>
					visitor.post('/ghi-nhan?_action=dropOffs.record', {
						...dropOff,
						id: uuidv7(Date.now()),
						quantity: 'x',
					}),
			],
			[
				422,
				'an address with a mistake',
				async () => (await clientOf('auditor')).send('/cua-toi/nhat-ky?tu=x'),
			],
		];
		const faults: string[] = [];
		const walk = async (list: typeof asked) => {
			for (const [status, name, ask] of list) {
				const response = await ask();
				await response.arrayBuffer();
				if (response.status !== status) faults.push(`${name}: ${response.status} instead of ${status}`);
				faults.push(...faultsOf(name, response));
			}
		};
		await walk(asked);
		const now = Date.now();
		const key = sha256Hex('drop-off:address:127.0.0.1');
		const hour = 3_600_000;
		await db.deleteFrom('rateLimit').where('key', '=', key).execute();
		const full = [0, hour].map((later) => ({
			key,
			windowStart: now - (now % hour) + later,
			count: 1_000_000,
		}));
		await db.insertInto('rateLimit').values(full).execute();
		const late = { ...dropOff, id: uuidv7(now) };
		await walk([
			[429, 'a form too many', () => makeClient(baseUrl).post('/ghi-nhan?_action=dropOffs.record', late)],
		]);
		expect(faults).toEqual([]);
	});

	test('stand on what nobody expected, for people and for programs', async () => {
		const { db, baseUrl } = world;
		await db.schema.alterTable('material').renameTo('material_gone').execute();
		try {
			for (const at of ['/ghi-nhan', '/api/v1/green-houses.geojson', `/ngoi-nha-xanh/${world.house.code}`]) {
				const response = await fetch(baseUrl + at);
				await response.arrayBuffer();
				expect([at, response.status >= 500 || response.status === 200]).toEqual([at, true]);
				expect(faultsOf(at, response)).toEqual([]);
			}
			expect((await fetch(`${baseUrl}/ghi-nhan`)).status).toBe(500);
		} finally {
			await db.schema.alterTable('material_gone').renameTo('material').execute();
		}
	});

	test('ask for HTTPS wherever the portal is reached by it, whatever the answer', async () => {
		const server = await startServer({ PUBLIC_URL: 'https://portal.example', SAMPLE_DATA: 'none' });
		try {
			const post = (at: string, body: string, type: string) =>
				fetch(server.baseUrl + at, { method: 'POST', body, headers: { 'content-type': type } });
			const answers = await Promise.all([
				...['/', '/quy', '/khong-co', '/healthz', '/api/v1/funds', '/cua-toi/tai-khoan'].map((at) =>
					fetch(server.baseUrl + at, { redirect: 'manual' }),
				),
				post('/api/v1/drop-offs', 'x', 'text/plain'),
				post('/dang-nhap?_action=accounts.signIn', '{}', 'application/json'),
				post('/api/v1/drop-offs', 'x'.repeat(MAX_BODY_BYTES + 1), 'application/json'),
			]);
			for (const response of answers)
				expect([response.url, response.headers.get('strict-transport-security')]).toEqual([
					response.url,
					'max-age=31536000',
				]);
			expect((await fetch(world.baseUrl)).headers.has('strict-transport-security')).toBe(false);
		} finally {
			await server.stop();
		}
	});

	test('let a built file be kept for ever, and guess no type', async () => {
		const html = await (await fetch(world.baseUrl)).text();
		const file = /(?:href|src)="(\/_astro\/[^"]+)"/.exec(html)![1]!;
		const { headers, status } = await fetch(world.baseUrl + file);
		expect([status, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
			200,
			'public, max-age=31536000, immutable',
			'nosniff',
		]);
	});
});
