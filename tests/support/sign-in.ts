import type { Page } from 'playwright-core';

/** Role → phone and password. */
export type SignIns = Record<string, { phone: string; password: string }>;

/** The sample people's sign-ins as the first start printed them. */
export function readSignIns(startOutput: string): SignIns {
	return Object.fromEntries(
		[...startOutput.matchAll(/^ {2}(0\d{9}) {2}(\S+) {2}(\w+)$/gm)].map(([, phone, password, role]) => [
			role!,
			{ phone: phone!, password: password! },
		]),
	);
}

export async function signInAs(
	page: Page,
	baseUrl: string,
	person: { phone: string; password: string; recoveryCodes?: string[] },
): Promise<void> {
	await page.goto(`${baseUrl}/dang-nhap`);
	await page.fill('[name=name]', person.phone);
	await page.fill('[name=password]', person.password);
	await page.locator('form[action*=signIn] .btn').first().click();
	const code = person.recoveryCodes?.pop();
	if (code !== undefined) {
		await page.waitForURL(/\/buoc-hai/);
		await page.fill('[name=code]', code);
		await page.locator('form[action*="accounts.confirm"]:has([name=code]) .btn').click();
	}
	await page.waitForURL(/\/cua-toi$/);
}
