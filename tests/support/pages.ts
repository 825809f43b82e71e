import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** The addresses in a page of the portal that begin with a prefix, each once, in their order. */
export function linksIn(html: string, prefix: string): string[] {
	const paths = [...html.matchAll(/href="([^"#]+)/g)].map(([, path]) => path!.replaceAll('&amp;', '&'));
	return [...new Set(paths)].filter((path) => path.startsWith(prefix));
}

/** One address of every kind of page that anyone may open, in Vietnamese. */
export async function findPublicPaths(baseUrl: string): Promise<string[]> {
	const read = async (path: string) => (await fetch(baseUrl + path)).text();
	const [coming = '', past = ''] = (await read('/chu-nhat-xanh')).split('id="da-qua"');
	const fund = await read('/quy');
	const found = [
		linksIn(coming, '/chu-nhat-xanh/').find((path) => !path.includes('/dot/')),
		linksIn(past, '/chu-nhat-xanh/')[0],
		linksIn(fund, '/quy/MAU')[0],
		linksIn(fund, '/quy/but-toan/')[0],
	];
	found.push(linksIn(await read(found[2]!), `${found[2]}/bang/`)[0]);
	found.push(linksIn(coming, '/chu-nhat-xanh/dot/')[0]);
	const house = await read('/ngoi-nha-xanh/MAU-001');
	found.push(linksIn(house, '/hanh-trinh/ky/')[0], linksIn(house, '/hanh-trinh/phieu-ban/')[0]);
	const school = linksIn(await read('/truong'), '/truong/')[0];
	found.push(school, school && `${school}/thu-hai`, school && `/nhung${school}`);
	if (found.includes(undefined))
		throw new Error('the sample has no event, fund, entry, sheet, walk or school');
	// Only a campaign that was published has pages.
	const campaigns = linksIn(await read(school!), `${school}/`).filter((path) => /[\w-]{36}$/.test(path));
	found.push(...campaigns.slice(0, 1).flatMap((path) => [path, `${path}/khen`, `${path}/khen?rieng`]));
	return [
		'/truong',
		'/',
		'/?noi-dat=school&ranh-gioi=cu',
		'/ngoi-nha-xanh/MAU-001',
		'/ngoi-nha-xanh/MAU-001/bien',
		'/ngoi-nha-xanh/bien',
		'/bao-tin',
		'/bao-tin?diem=MAU-001&viec=rubbish',
		'/bao-tin/khong-mang',
		'/ghi-nhan',
		'/ghi-nhan?diem=MAU-001',
		'/ghi-nhan/khong-mang',
		'/khao-sat/khong-mang',
		'/so-lop/khong-mang',
		'/chu-nhat-xanh',
		...(found as string[]),
		'/diem-danh/khong-mang',
		'/chu-nhat-xanh/xac-nhan',
		'/chu-nhat-xanh/xac-nhan?ma=khac',
		'/chu-nhat-xanh/huy-dang-ky',
		`${found[2]}/cong-khai`,
		'/quy',
		'/quy/so',
		'/quy/kiem-chung',
		'/quy/so?loai=out&phuong=kl-2025',
		'/quy/so?nha=NNX-999',
		'/dang-nhap',
		'/dang-nhap/dat-lai',
		'/tao-tai-khoan',
		'/phan-loai',
		'/phan-loai?q=vo hop sua',
		'/phan-loai?q=xyz',
		'/phan-loai/pin',
		'/phan-loai/chai-lo-thuy-tinh',
		'/ngoi-nha-xanh/MAU-001/bang-phan-loai',
		'/quyen-rieng-tu',
		'/nguon-du-lieu',
		'/nhung',
		'/nhung/ban-do',
		'/nhung/danh-sach?phuong=tt-2025',
		'/cua-toi',
		'/theo-doi',
		'/theo-doi?phuong=tt-2025',
		'/cho-gui',
		'/ngoai-tuyen',
		'/khong-co-trang-nay',
	];
}

/** `/quy` → `/en/quy`. */
export const inEnglish = (path: string): string => `/en${path.replace(/^\/(?=$|\?)/, '')}`;

/** What makes the page scroll sideways in a window of this width; empty when nothing does. */
export async function sticksOut(page: Page, width: number): Promise<string[]> {
	await page.setViewportSize({ width, height: 740 });
	return page.evaluate((edge) => {
		// A phone widens its window to hold what sticks out, so the window's own width proves nothing.
		if (document.scrollingElement!.scrollWidth <= edge) return [];
		const wide = [...document.querySelectorAll('main *, header *, footer *')]
			.filter((element) => element.getBoundingClientRect().right > edge && !element.closest('svg'))
			.map((element) => `at ${edge} px: ${element.outerHTML.slice(0, 90)}`);
		return wide.length > 0 ? wide.slice(-3) : [`at ${edge} px: the page`];
	}, width);
}

/** How many sheets of paper a page prints on. */
export async function printedPages(page: Page): Promise<number> {
	await page.emulateMedia({ media: 'print' });
	const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
	await page.emulateMedia({ media: null });
	return pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

/** What axe finds against WCAG 2.2 AA, with 7:1 for text: one line for each rule. */
export async function axeErrors(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page })
		.setLegacyMode(true)
		.options({
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
			rules: { 'color-contrast-enhanced': { enabled: true } },
		})
		.analyze();
	return violations.map(
		({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
	);
}

/**
 * Does what leads to another page, and waits for that page whole: one that is still coming in lacks its end and its
 * styles, and until it comes the old one is read. Returns the status of the first answer: of a form that is taken, 303.
 */
export async function arrive(page: Page, act: () => Promise<unknown>): Promise<number> {
	await page.waitForLoadState();
	const [asked] = await Promise.all([
		page.waitForRequest((each) => each.isNavigationRequest() && each.frame() === page.mainFrame()),
		page.waitForEvent('load'),
		act(),
	]);
	return (await asked.response())!.status();
}
