// A homeroom teacher's link as a school's lead hands it out in the browser.
import type { Page } from 'playwright-core';
import { addDays, toLocalDate } from '#lib/time.ts';

/**
 * Opens a campaign, makes it public and hands out the links of its classes, as the school's lead who is signed in; the
 * page then shows them. Gives the lead's page of links and the address of the first class's.
 */
export async function handOutLinks(page: Page): Promise<{ lead: string; teacher: string }> {
	const today = toLocalDate(Date.now());
	await page.goto('/cua-toi/truong/dot');
	await page.fill('[name=name]', 'Kế hoạch nhỏ');
	// The days around today may lie in two school years.
	await page.fill('[name=startsOn]', today);
	await page.fill('[name=endsOn]', today.slice(5) === '07-31' ? today : addDays(today, 1));
	await page.locator('form[action*="campaigns.draft"] .btn').last().click();
	await page.waitForURL(/xong=soan/);
	await page.locator('form[action*="campaigns.publish"] .btn').click();
	await page.waitForURL(/xong=cong-bo/);
	const lead = `${new URL(page.url()).pathname}/duong-dan`;
	await page.goto(lead);
	await page.locator('form[action*="classLinks.issue"] .btn').first().click();
	const address = await page.locator('.slip [data-share-text]').first().textContent();
	return { lead, teacher: new URL(address!).pathname };
}
