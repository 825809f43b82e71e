import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import { unitInText } from '#features/places/place.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import type { Locale } from '#lib/i18n.ts';
import {
	findGreenHouse,
	findGreenHouseByCode,
	findHouseNames,
	updateGreenHouse,
} from './green-house.repository.ts';
import { houseScopes } from './green-house.ts';
import {
	checkInWard,
	checkMaterials,
	checkSurveyedAt,
	checkWords,
	valuesThatDiffer,
	type Position,
} from './house-change.ts';
import { findHouseChange, findLastPlaced, insertHouseChange } from './house-change.repository.ts';
import { neighbourhoodIdOf } from './house-import.service.ts';

export type SurveyInput = Position & {
	/** Minted with the form or on the phone: the same survey sent twice is one. */
	id: string;
	greenHouseCode: string;
	/** When it was measured, as the device said: part of the content. */
	statedAt: number;
	/** The same by the portal's clock. */
	happenedAt: number;
	/** Null when the position was typed. */
	accuracyM: number | null;
	neighbourhood: string;
	hours: string;
	materials: string[];
	/** The point lies outside the ward, and the surveyor says that it is right. */
	farConfirmed: boolean;
	locale: Locale;
};

export type Upload = { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean };

/**
 * Somebody stood at the house: its position counts as surveyed from then on, with accuracy, role and instant; a sample
 * house's stays a sample. What was measured before the last survey or move is written down and changes no position. The
 * same id with the same content changes nothing. Refuses with 401, 403, 404 and 422, with 409 a closed house and the
 * same id with other content.
 */
export async function surveyHouse(
	db: Db,
	actor: Actor | undefined,
	raw: SurveyInput,
	now: number,
	upload?: Upload,
): Promise<'created' | 'unchanged'> {
	requireActor(actor);
	const found = await findGreenHouseByCode(db, raw.greenHouseCode, now);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownHouse', { field: 'house' });
	const grant = requireGrant(actor, 'green-house.survey', houseScopes(found));
	requireSameKind(actor, found.isSample === 1);
	const input = {
		...raw,
		neighbourhood: cleanText(raw.neighbourhood, { max: 80 }),
		hours: cleanText(raw.hours, { max: 80 }),
		materials: [...new Set(raw.materials)].sort(),
	};
	const { latitude, longitude, accuracyM, neighbourhood, hours, materials, happenedAt } = input;
	const contentHash = sha256Hex(
		canonicalJson({
			...{ house: found.id, latitude: String(latitude), longitude: String(longitude), accuracyM },
			...{ neighbourhood, hours, materials },
			statedAt: raw.statedAt,
		}),
	);
	const photo = upload && { ...(await encodePhoto(upload.bytes, now)), hasChildren: upload.hasChildren };
	const catalogue = await listMaterials(db);
	const write = async (trx: Trx): Promise<boolean> => {
		await lockRow(trx, 'green_house', found.id);
		const existing = await findHouseChange(trx, input.id);
		if (existing?.contentHash === contentHash && existing.recordedBy === grant.id) return false;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		const house = (await findGreenHouse(trx, found.id, now))!;
		if (house.status === 'closed') throw new DomainError('CONFLICT', 'houseIsClosed', { field: 'house' });
		checkSurveyedAt(happenedAt, now);
		checkWords(input);
		checkMaterials(materials, catalogue, input.locale);
		checkInWard(house, input, input.farConfirmed, unitInText(house.ward, input.locale));
		await holdGrant(trx, grant.id, now);
		const names = await findHouseNames(trx, house.id);
		const isNewest = happenedAt >= ((await findLastPlaced(trx, house.id))?.happenedAt ?? 0);
		const positionSource = house.isSample === 1 ? ('sample' as const) : ('surveyed' as const);
		const values = valuesThatDiffer(
			{
				...{ latitude: house.latitude, longitude: house.longitude, accuracyM: house.accuracyM },
				...{ positionSource: house.positionSource, hours: house.hours },
				...{ neighbourhood: names.neighbourhood ?? '', materials: [...house.materials].sort() },
			},
			{ latitude, longitude, accuracyM, positionSource, hours, neighbourhood, materials },
		);
		if (isNewest) {
			const neighbourhoodId =
				neighbourhood === ''
					? null
					: await neighbourhoodIdOf(
							trx,
							{ neighbourhood, adminUnitId: house.adminUnitId },
							house.isSample,
							now,
						);
			const changes = { latitude, longitude, accuracyM, positionSource, hours, neighbourhoodId };
			await updateGreenHouse(trx, house.id, changes, materials);
		}
		if (photo) {
			const from = { uploadedBy: grant.id, isSample: house.isSample };
			await insertPhotoRow(trx, photo, { ...from, childrenDeclared: photo.hasChildren ? 1 : 0 }, now);
		}
		await insertHouseChange(trx, {
			...{ id: input.id, greenHouseId: house.id, kind: 'survey', happenedAt, recordedAt: now },
			...{ recordedBy: grant.id, reason: '', successorId: null, photoId: photo?.id ?? null, contentHash },
			// What was measured stands there even where it is what the register said already.
			beforeValues: JSON.stringify(values?.before ?? {}),
			afterValues: JSON.stringify({ latitude, longitude, accuracyM, ...values?.after }),
			isSample: house.isSample,
		});
		const event = { action: 'green-house.survey', subjectKind: 'green_house', subjectId: house.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
		return true;
	};
	let isNew = false;
	const run = async () => (isNew = await retryWhenTaken(() => inTransaction(db, write)));
	if (upload && photo) await withPhotoFile({ db, store: upload.store, now }, photo, run);
	else await run();
	return isNew ? 'created' : 'unchanged';
}
