// Where the things that the audit log names can be looked at.
import { findGrant, type Actor } from '#features/accounts/actor.ts';
import type { Db } from '#lib/db.ts';

type Subject = { subjectKind: string; subjectId: string };
/** A page's path, and what people call the thing instead of its id. */
export type SubjectPage = { path: string; name?: string };

const idsOf = (subjects: Subject[], kind: string): string[] => [
	...new Set(subjects.filter((each) => each.subjectKind === kind).map((each) => each.subjectId)),
];

/** The pages of these things that the actor may open, by the thing's id; what has none is left out. */
export async function findSubjectPages(
	db: Db,
	actor: Actor,
	subjects: Subject[],
): Promise<Map<string, SubjectPage>> {
	const pages = new Map<string, SubjectPage>();
	const houseIds = idsOf(subjects, 'green_house');
	if (houseIds.length > 0) {
		const houses = db.selectFrom('greenHouse').select(['id', 'code']).where('id', 'in', houseIds);
		for (const { id, code } of await houses.execute())
			pages.set(id, { path: `/ngoi-nha-xanh/${code}`, name: code });
	}
	const eventIds = idsOf(subjects, 'cleanup_event');
	if (eventIds.length > 0) {
		const events = db.selectFrom('cleanupEvent').select(['id', 'slug']).where('id', 'in', eventIds);
		for (const { id, slug } of await events.execute()) pages.set(id, { path: `/chu-nhat-xanh/${slug}` });
	}
	const signUpIds = idsOf(subjects, 'sign_up');
	if (signUpIds.length > 0) {
		const signUps = db
			.selectFrom('signUp')
			.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
			.select(['signUp.id', 'cleanupEvent.slug'])
			.where('signUp.id', 'in', signUpIds);
		for (const { id, slug } of await signUps.execute()) pages.set(id, { path: `/chu-nhat-xanh/${slug}` });
	}
	const requestIds = findGrant(actor, 'rights-request.answer', []) ? idsOf(subjects, 'rights_request') : [];
	if (requestIds.length > 0) {
		const open = db
			.selectFrom('rightsRequest')
			.select('id')
			.where('id', 'in', requestIds)
			.where('completedAt', 'is', null);
		for (const { id } of await open.execute()) pages.set(id, { path: `/cua-toi/yeu-cau#y-${id}` });
	}
	if (findGrant(actor, 'disbursement.read', []))
		for (const id of idsOf(subjects, 'disbursement')) pages.set(id, { path: `/cua-toi/chi/${id}` });
	if (findGrant(actor, 'scrap-sale.read', []))
		for (const id of idsOf(subjects, 'scrap_sale')) pages.set(id, { path: `/cua-toi/phieu-ban/${id}` });
	for (const id of idsOf(subjects, 'event_series')) pages.set(id, { path: `/chu-nhat-xanh/dot/${id}` });
	for (const id of idsOf(subjects, 'content_page')) pages.set(id, { path: '/quyen-rieng-tu' });
	for (const id of idsOf(subjects, 'guide_item')) pages.set(id, { path: `/phan-loai/${id}` });
	return pages;
}
