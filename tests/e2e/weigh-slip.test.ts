// The photo of the weigh slip, from the steward's form to the treasurer's screen.
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser, phone } from '../support/browser.ts';
import { arrive } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { signInAs } from '../support/sign-in.ts';

const { baseUrl, people } = await startSamplePortal();

let browser: Browser;
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
});

test('a photo travels with the sale, and what is no photo is explained beside what was typed', async () => {
	const open = () => browser.newContext({ viewport: phone });
	const [mine, theirs, nobody] = [await open(), await open(), await open()];
	const page = await mine.newPage();
	await signInAs(page, baseUrl, people['steward']!);
	await page.goto(`${baseUrl}/cua-toi/nha/MAU-003`);
	await page.click('form[action*=closeCycle] button');
	const sale = page.locator('form[data-sale]');
	await sale.locator('[name=dealer]').fill('Cô Hoa');
	await sale.locator('[name=how][value=lump_sum]').check();
	await sale.locator('[name=cash]').fill('45.000');
	const send = async (name: string, mimeType: string, buffer: Buffer) => {
		await sale.locator('[name=photo]').setInputFiles({ name, mimeType, buffer });
		return arrive(page, () => sale.locator('button.btn').click());
	};
	expect(await send('can.jpg', 'image/jpeg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe(
		415,
	);
	expect(await page.locator('[role=alert]').textContent()).toContain('JPEG');
	expect(await sale.locator('[name=dealer]').inputValue()).toBe('Cô Hoa');

	// A form that is refused for something else comes back without its photo, and says so beside that field.
	const slip = sharp({ create: { width: 60, height: 30, channels: 3, background: '#88aa66' } });
	await sale.locator('[name=cash]').fill('không');
	expect(await send('can.jpg', 'image/jpeg', await slip.jpeg().toBuffer())).toBe(422);
	expect(await page.locator('#photo-again').textContent()).toContain('chọn lại ảnh');
	expect(await sale.locator('[name=photo]').getAttribute('aria-describedby')).toBe('photo-again');
	expect(await sale.locator('[name=dealer]').inputValue()).toBe('Cô Hoa');
	await sale.locator('[name=cash]').fill('45.000');
	await send('can.jpg', 'image/jpeg', await slip.jpeg().toBuffer());
	await page.waitForURL(/\/cua-toi\/phieu-ban\//);
	const address = `${baseUrl}${await page.locator('a[href^="/anh/"]').getAttribute('href')}`;

	const treasurer = await theirs.newPage();
	await signInAs(treasurer, baseUrl, people['treasurer']!);
	for (const context of [mine, theirs]) {
		const answer = await context.request.get(address);
		expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'image/webp']);
		expect(await sharp(await answer.body()).metadata()).toMatchObject({ width: 60, height: 30 });
	}
	expect((await nobody.request.get(address)).status()).toBe(404);
	for (const context of [mine, theirs, nobody]) await context.close();
});
