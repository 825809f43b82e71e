// A page in a browser window as large as a phone, one window for each piece of work.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser, phone } from './browser.ts';

type OnPhone = (work: (page: Page) => Promise<void>, options?: BrowserContextOptions) => Promise<void>;

/** Starts a browser for the tests of a file and ends it after them. */
export function usePhone(baseURL: string, always: BrowserContextOptions = {}): OnPhone {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(async () => {
		await browser.close();
	});
	return async (work, options = {}) => {
		const context = await browser.newContext({ baseURL, viewport: phone, ...always, ...options });
		try {
			await work(await context.newPage());
		} finally {
			await context.close();
		}
	};
}
