// A photo that invites to an event: sent before it without JavaScript, seen by everybody once the ward has looked at it.
import { renameSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCoverFile } from '#features/cleanup-events/event-photo.repository.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

let world: ServedWorld;
let browser: Browser;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

test('an organiser sends it on a phone, the ward makes it public, and the page invites with it', async () => {
	const { slug } = await world.db
		.selectFrom('cleanupEvent')
		.select('slug')
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	const context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	const plain = await browser.newContext({
		...{ viewport: phone, baseURL: world.baseUrl, javaScriptEnabled: false },
	});
	try {
		const page = await plain.newPage();
		await signInAs(page, world.baseUrl, world.people.organiser);
		await page.goto(`/cua-toi/su-kien/${world.eventId}#anh`);
		const form = 'form:has([name=photo])';
		expect(await page.inputValue(`${form} [name=moment]`)).toBe('cover');
		const buffer = await sharp({ create: { width: 1600, height: 900, channels: 3, background: '#5a8' } })
			.jpeg()
			.toBuffer();
		await page.setInputFiles(`${form} [name=photo]`, { name: 'a.jpg', mimeType: 'image/jpeg', buffer });
		await page.click(`${form} .btn`);
		await page.waitForURL(/xong=anh/);
		expect(await page.textContent('#anh')).toContain('Chờ phường xem');
		const everybody = await context.newPage();
		await everybody.goto(`/chu-nhat-xanh/${slug}`);
		expect(await everybody.locator('.cover').count()).toBe(0);
		const before = await everybody.getAttribute('meta[property="og:image"]', 'content');

		await signInAs(page, world.baseUrl, world.people['ward officer']);
		await page.goto('/cua-toi/anh');
		expect(await page.textContent('main')).toContain('ảnh bìa');
		await page.click('button[value=approved]');
		await page.waitForURL(/xong=dang/);
		await expect
			.poll(async () => {
				await everybody.goto(`/chu-nhat-xanh/${slug}`);
				return everybody.locator('.cover').count();
			})
			.toBe(1);
		expect(await everybody.getAttribute('.cover', 'alt')).toBe('Ảnh bìa: Dọn bờ sông');
		expect(await everybody.locator('.cover').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(
			448,
		);
		// A chat shows it, and both addresses of the picture have one version.
		const shared = (await everybody.getAttribute('meta[property="og:image"]', 'content'))!;
		const data = await everybody.textContent('script[type="application/ld+json"]');
		expect((JSON.parse(data!) as { image: string }).image).toBe(shared);
		const { pathname, search } = new URL(shared);
		const picture = () => everybody.request.get(pathname + search);
		const colours = async () => {
			const drawn = sharp(await (await picture()).body());
			const side = await drawn.extract({ left: 40, top: 60, width: 300, height: 500 }).toBuffer();
			return (await sharp(side).stats()).channels.map(({ mean }) => Math.round(mean));
		};
		// A file that is gone leaves the leaf, and nobody keeps that in the photo's place.
		const file = await findCoverFile(world.db, world.eventId);
		const stored = path.join(world.photoDir, `${file}.webp`);
		renameSync(stored, `${stored}.gone`);
		const leaf = await picture();
		expect(leaf.headers()).toMatchObject({ 'content-type': 'image/png', 'cache-control': 'no-store' });
		expect(leaf.headers()).not.toHaveProperty('etag');
		renameSync(`${stored}.gone`, stored);
		const [red, green, blue] = await colours();
		for (const [colour, wanted] of [
			[red, 0x55],
			[green, 0xaa],
			[blue, 0x88],
		])
			expect(Math.abs(colour! - wanted!)).toBeLessThan(12);
		const { etag } = (await picture()).headers();
		const again = await everybody.request.get(pathname + search, { headers: { 'if-none-match': etag! } });
		expect(again.status()).toBe(304);
		expect(shared).not.toBe(before);
		expect(await axeErrors(everybody)).toEqual([]);
		expect(await sticksOut(everybody, phone.width)).toEqual([]);
	} finally {
		await context.close();
		await plain.close();
	}
});
