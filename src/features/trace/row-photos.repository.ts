import type { Entry } from '#features/fund/fund.ts';
import type { Db } from '#lib/db.ts';

export type RowPhoto = { id: string; width: number; height: number };

const selectApproved = (db: Db) =>
	db
		.selectFrom('photo')
		.select(['photo.id', 'photo.width', 'photo.height'])
		.where('photo.status', '=', 'approved');

/** The first public photo of what each row was made from, by the row's id: a weigh slip, a proof, a receipt. */
export async function listRowPhotos(db: Db, entries: Entry[]): Promise<Map<string, RowPhoto>> {
	const sourcesOf = (kind: Entry['sourceKind']) =>
		entries.filter((entry) => entry.sourceKind === kind).map((entry) => entry.sourceId);
	const [sales, requests, statements] = [
		sourcesOf('scrap_sale'),
		sourcesOf('disbursement'),
		sourcesOf('statement'),
	];
	const found: (RowPhoto & { sourceId: string })[] = [];
	if (sales.length > 0)
		found.push(
			...(await selectApproved(db)
				.innerJoin('scrapSale', 'scrapSale.photoId', 'photo.id')
				.select('scrapSale.id as sourceId')
				.where('scrapSale.id', 'in', sales)
				.execute()),
		);
	if (requests.length > 0)
		found.push(
			...(await selectApproved(db)
				.innerJoin('disbursementProof', 'disbursementProof.photoId', 'photo.id')
				.select('disbursementProof.disbursementId as sourceId')
				.where('disbursementProof.disbursementId', 'in', requests)
				.orderBy('photo.id', 'desc')
				.execute()),
		);
	if (statements.length > 0)
		found.push(
			...(await selectApproved(db)
				.innerJoin('statement', 'statement.photoId', 'photo.id')
				.select('statement.id as sourceId')
				.where('statement.id', 'in', statements)
				.execute()),
		);
	const bySource = new Map(found.map(({ sourceId, ...photo }) => [sourceId, photo]));
	return new Map(
		entries.flatMap((entry) => {
			const photo = entry.kind === 'reversal' ? undefined : bySource.get(entry.sourceId);
			return photo ? [[entry.id, photo] as const] : [];
		}),
	);
}
