// The picture that a chat shows of an event: every Vietnamese letter in it, whatever the title says.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { CleanupEvent } from '#features/cleanup-events/cleanup-event.ts';
import { SHARE_IMAGE, shareImage, shareVersion } from '#features/cleanup-events/share-image.ts';
import { drawPng } from '#lib/draw.ts';
import { createTranslator } from '#lib/i18n.ts';
import { localDateTimeToInstant } from '#lib/time.ts';

const event = {
	...{ status: 'published', title: 'Tổng vệ sinh bờ sông', organisationName: 'Đoàn phường Tam Thanh' },
	...{ startsAt: localDateTimeToInstant('2026-11-29', '07:30')!, assemblyPoint: 'Nhà văn hoá khối 6' },
	...{ endsAt: localDateTimeToInstant('2026-11-29', '10:00')!, isSample: 0 },
	...{ houseName: null, wardNameVi: 'Phường Tam Thanh', wardNameEn: '' },
} as unknown as CleanupEvent;
const words = {
	t: createTranslator('vi'),
	locale: 'vi',
	host: 'nha-xanh.example',
	firstStart: undefined,
} as const;
const draw = (changes: Partial<CleanupEvent> = {}) =>
	drawPng(shareImage({ ...event, ...changes }, words), SHARE_IMAGE);

const TONES = ['', '\u0301', '\u0300', '\u0309', '\u0303', '\u0323'];
const LETTERS = [...'aăâeêioôơuưyAĂÂEÊIOÔƠUƯY']
	.flatMap((letter) => TONES.map((tone) => (letter + tone).normalize('NFC')))
	.concat('đ', 'Đ', '₫');
const CELL = 64;
const ACROSS = 21;

test('each Vietnamese letter has a shape of its own in both weights', async () => {
	const size = { width: ACROSS * CELL, height: Math.ceil(LETTERS.length / ACROSS) * CELL };
	for (const fontWeight of [400, 700]) {
		const cells = LETTERS.map((letter) => ({
			style: { width: CELL, height: CELL, alignItems: 'center', fontSize: 32, fontWeight },
			children: letter,
		}));
		const png = await drawPng({ style: { flexWrap: 'wrap', background: '#fff' }, children: cells }, size);
		const shapes = await Promise.all(
			LETTERS.map(async (_, index) => {
				const [left, top] = [(index % ACROSS) * CELL, Math.floor(index / ACROSS) * CELL];
				const cell = sharp(png).extract({ left, top, width: CELL, height: CELL });
				return (await cell.greyscale().raw().toBuffer()).toString('base64');
			}),
		);
		const blank = Buffer.alloc(CELL * CELL, 255).toString('base64');
		expect(LETTERS.filter((_, index) => shapes[index] === blank)).toEqual([]);
		expect(LETTERS.filter((_, index) => shapes.indexOf(shapes[index]!) !== index)).toEqual([]);
	}
});

test('has the size that chats ask for, and is another one once the event is called off', async () => {
	const [standing, again, cancelled] = [await draw(), await draw(), await draw({ status: 'cancelled' })];
	expect(await sharp(standing).metadata()).toMatchObject({ format: 'png', ...SHARE_IMAGE });
	expect(standing.length).toBeLessThan(100_000);
	expect(again).toEqual(standing);
	expect(cancelled).not.toEqual(standing);
});

test('too many at once are asked to come back later, and those before them are drawn', async () => {
	const box = { style: { background: '#fff' }, children: 'x' };
	const size = { width: 40, height: 40 };
	const asked = await Promise.allSettled(Array.from({ length: 30 }, () => drawPng(box, size)));
	expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
	const refused = asked.find((each) => each.status === 'rejected');
	expect(refused?.reason).toMatchObject({ kind: 'TOO_MANY_REQUESTS', key: 'tooManyRequests' });
	await drawPng(box, size);
});

test.each([
	'<script>alert(1)</script> & "Chủ nhật xanh"',
	'🧹🧹🧹',
	'Chủ nhật xanh 한국어 עברית',
	'Nghiêng '.repeat(40),
	'Ngườinghiêng'.repeat(30),
])('draws whatever the title says: %s', async (title) => {
	const png = await draw({ title, organisationName: title, assemblyPoint: title });
	expect(await sharp(png).metadata()).toMatchObject(SHARE_IMAGE);
	// Nothing is cut off at the right, nor at the foot.
	const { width, height } = SHARE_IMAGE;
	const edges = [
		{ left: width - 30, top: 20, width: 30, height: height - 20 },
		{ left: 0, top: height - 20, width, height: 20 },
	];
	for (const edge of edges) {
		const { channels } = await sharp(await sharp(png).extract(edge).removeAlpha().toBuffer()).stats();
		for (const { min, max } of channels) expect(max - min).toBeLessThan(4);
	}
});

test('a picture of what was postponed says from when, and has another version; the same has the same', () => {
	const postponed = shareImage(event, {
		...words,
		firstStart: localDateTimeToInstant('2026-11-22', '07:30')!,
	});
	expect(JSON.stringify(postponed)).toMatch(/Đã dời từ [^"]*22\/11/);
	const cancelled = shareImage({ ...event, status: 'cancelled' }, words);
	expect(new Set([postponed, cancelled, shareImage(event, words)].map(shareVersion)).size).toBe(3);
	expect(shareVersion(shareImage(event, words))).toBe(shareVersion(shareImage({ ...event }, words)));
});
