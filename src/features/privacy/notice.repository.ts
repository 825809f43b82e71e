import type { ContentPageTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import { locales, type Locale } from '#lib/i18n.ts';
import { listUnfilled, NOTICE } from './notice.ts';

/** A page's newest version, or the one that is asked for. */
export const findPage = (db: Db, slug: string, locale: Locale, version?: number) => {
	let query = db.selectFrom('contentPage').selectAll().where('slug', '=', slug).where('locale', '=', locale);
	if (version !== undefined) query = query.where('version', '=', version);
	return query.orderBy('version', 'desc').limit(1).executeTakeFirst();
};

/** The number of the newest version; 0 when there is none. */
export async function findVersion(db: Db, slug: string): Promise<number> {
	const row = await db
		.selectFrom('contentPage')
		.select((eb) => eb.fn.max('version').as('version'))
		.where('slug', '=', slug)
		.executeTakeFirst();
	return row?.version ?? 0;
}

export const listVersions = (db: Db, slug: string, locale: Locale) =>
	db
		.selectFrom('contentPage')
		.select(['version', 'publishedAt'])
		.where('slug', '=', slug)
		.where('locale', '=', locale)
		.orderBy('version', 'desc')
		.execute();

export const insertPages = (trx: Trx, rows: ContentPageTable[]) =>
	trx.insertInto('contentPage').values(rows).execute();

/** How much the notice that stands still asks an administrator to fill in, in the language that asks for most. */
export async function countUnfilled(db: Db): Promise<number> {
	const pages = await Promise.all(locales.map((locale) => findPage(db, NOTICE, locale)));
	return Math.max(...pages.map((page) => listUnfilled(page?.body ?? '').length));
}
