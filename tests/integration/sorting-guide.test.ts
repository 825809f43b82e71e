// The sorting guide: filled when the portal starts, edited by an administrator, each change a new version.
import { expect, test } from 'vitest';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import type { Actor } from '#features/accounts/actor.ts';
import type { GuideInput } from '#features/materials/guide-form.ts';
import { guideFields, readGuideForm } from '#features/materials/guide-form.ts';
import { findGuideItem, listGuideItems, listRetiredItems } from '#features/materials/guide.repository.ts';
import { previewGuideItem, publishGuideItem } from '#features/materials/guide.service.ts';
import type { Db } from '#lib/db.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

async function expectRefused(
	db: Db,
	work: () => Promise<unknown>,
	key: string,
	field?: string,
): Promise<void> {
	expect(await expectNothingWritten(db, work)).toMatchObject({ key, field });
}

const TODAY = toLocalDate(NOW);

async function openWorld(db: Db) {
	await seedReference(db);
	const administrator = await makeActor(db, 'administrator', 'portal', null);
	const stands = new Map(guideFields((await findGuideItem(db, 'pin'))!));
	/** The form as it stands, with these fields changed. */
	const input = (changes: Record<string, string> = {}): GuideInput =>
		readGuideForm((name) => changes[name] ?? (name === 'datedOn' ? TODAY : stands.get(name)!));
	const publish = (
		changes: Record<string, string> = { 'what-vi': 'Pin các loại' },
		{ actor = administrator as Actor, basedOn = 1 } = {},
	) => publishGuideItem(db, actor, { ...input(changes), basedOn }, NOW);
	return { db, administrator, input, publish };
}

describeEachEngine('the sorting guide', (engine) => {
	test('is there from the first start, and starting again neither doubles it nor undoes what was edited', async () => {
		const { db, publish } = await openWorld(await engine.fresh());
		const before = await listGuideItems(db);
		expect(before.length).toBeGreaterThanOrEqual(60);
		expect(before.map(({ sortOrder }) => sortOrder)).toEqual(
			before.map(({ sortOrder }) => sortOrder).sort((a, b) => a - b),
		);
		await publish();
		await seedReference(db);
		const after = await listGuideItems(db);
		expect(after.map(({ code }) => code)).toEqual(before.map(({ code }) => code));
		expect(await findGuideItem(db, 'pin')).toMatchObject({
			version: 2,
			whatVi: 'Pin các loại',
			datedOn: TODAY,
		});
	});

	test('gets a version with each change; old ones stay, and two editors do not overwrite each other', async () => {
		const { db, administrator, publish, input } = await openWorld(await engine.fresh());
		const preview = await previewGuideItem(
			db,
			administrator,
			input({ 'name-en': ' Old\u200b  batteries ', 'aliases-en': ';AA ;; cell;AA' }),
			NOW,
		);
		expect(preview).toMatchObject({
			nameEn: 'Old batteries',
			aliasesEn: 'AA; cell',
			version: 2,
			glyph: 'g-batt',
		});
		expect(await findGuideItem(db, 'pin')).toMatchObject({ version: 1 });
		const outcomes = await Promise.allSettled([publish(), publish(), publish()]);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		await expectRefused(db, () => publish({ 'what-vi': 'Khác' }), 'noticeChanged', 'basedOn');
		await publish({ destination: 'residual', material: '' }, { basedOn: 2 });
		expect(await findGuideItem(db, 'pin')).toMatchObject({
			...{ version: 3, destination: 'residual', materialCode: null },
			publishedBy: administrator.grants[0]!.id,
		});
		const versions = db.selectFrom('guideItem').select('version').where('code', '=', 'pin');
		expect((await versions.orderBy('version').execute()).map(({ version }) => version)).toEqual([1, 2, 3]);
		const events = await listAuditEvents(db, { action: 'guide' }, 10);
		expect(events.map(({ subjectId }) => subjectId)).toEqual(['pin', 'pin']);
		await expect(db.updateTable('guideItem').set({ whatVi: 'x' }).execute()).rejects.toThrow();
		await expect(db.deleteFrom('guideItem').execute()).rejects.toThrow();
	});

	test('takes in a new item, moves it, and takes it out and in again; each is written down', async () => {
		const { db, publish, administrator } = await openWorld(await engine.fresh());
		const order = async () => (await listGuideItems(db)).map(({ code }) => code);
		const before = await order();
		const fresh = {
			code: 'rau-mam',
			new: '1',
			glyph: 'g-batt',
			'name-vi': 'Rau mầm',
			'name-en': 'Sprouts',
		};
		const words = { ...fresh, destination: 'food', material: '' };
		await publish(words, { basedOn: 0 });
		expect(await order()).toEqual([...before, 'rau-mam']);
		expect(await findGuideItem(db, 'rau-mam')).toMatchObject({
			...{ version: 1, nameVi: 'Rau mầm', glyph: 'g-batt', isRetired: 0, materialCode: null },
			publishedBy: administrator.grants[0]!.id,
		});
		const change = (changes: Record<string, string>, basedOn: number) =>
			publish({ ...words, new: '', ...changes }, { basedOn });
		await change({ after: before[1]! }, 1);
		expect((await order()).slice(0, 4)).toEqual([before[0], before[1], 'rau-mam', before[2]]);
		await change({ after: '-' }, 2);
		expect((await order()).slice(0, 3)).toEqual(['rau-mam', before[0], before[1]]);
		// Again and again into the same gap: there is always room.
		for (let n = 0; n < 6; n += 1) {
			const code = before[20 + n]!;
			const item = (await findGuideItem(db, code))!;
			const as = Object.fromEntries(guideFields(item, { after: 'rau-mam' }));
			await publish({ ...as, datedOn: TODAY }, { basedOn: item.version });
			expect((await order()).slice(0, 3)).toEqual(['rau-mam', code, n === 0 ? before[0] : before[19 + n]]);
		}
		expect(new Set(await order()).size).toBe(before.length + 1);
		await change({ retired: '1' }, 3);
		expect(await order()).not.toContain('rau-mam');
		expect((await listRetiredItems(db)).map(({ code }) => code)).toEqual(['rau-mam']);
		await seedReference(db);
		expect(await order()).not.toContain('rau-mam');
		await change({ retired: '' }, 4);
		expect((await order())[0]).toBe('rau-mam');
		const events = await listAuditEvents(db, { action: 'guide', subjectId: 'rau-mam' }, 10);
		expect(events.map(({ subjectId }) => subjectId)).toEqual(Array(5).fill('rau-mam'));
	});

	test('refuses what cannot stand there, and writes nothing', async () => {
		const { db, publish, input } = await openWorld(await engine.fresh());
		const cases: [Record<string, string>, string, string | undefined][] = [
			[{ 'name-vi': ' ' }, 'nameMissing', 'name-vi'],
			[{ 'what-en': '\u200b' }, 'textMissing', 'what-en'],
			[{ 'prepare-vi': '' }, 'textMissing', 'prepare-vi'],
			[{ 'source-en': '' }, 'guideSourceMissing', 'source-en'],
			[{ datedOn: '2026-02-30' }, 'dateInvalid', 'datedOn'],
			[{ datedOn: addDays(TODAY, 1) }, 'dateInFuture', 'datedOn'],
			[{ material: 'gold' }, 'unknownMaterial', 'material'],
			[{ destination: 'river' }, 'formUnreadable', 'destination'],
			// No house takes batteries, nor what the catalogue does not have.
			[{ destination: 'house' }, 'guideNotForHouse', 'material'],
			[{ destination: 'house', material: '' }, 'guideNotForHouse', 'material'],
		];
		const fresh = { new: '1', glyph: 'g-batt' };
		for (const code of ['', 'Vỏ trứng', 'a--b', '../x', 'moi', 'x'.repeat(41)])
			cases.push([{ ...fresh, code }, 'guideCodeWrong', 'code']);
		cases.push(
			[{ ...fresh, code: 'pin' }, 'guideCodeTaken', 'code'],
			[{ ...fresh, code: 'rau-mam', glyph: 'no-such' }, 'formUnreadable', 'glyph'],
			[{ after: 'khong-co' }, 'guidePlaceUnknown', 'after'],
			[{ after: 'pin' }, 'guidePlaceUnknown', 'after'],
		);
		for (const [changes, key, field] of cases) await expectRefused(db, () => publish(changes), key, field);
		await expectRefused(db, () => publish({ code: 'khong-co' }), 'unknownGuideItem');
		await expectRefused(db, () => publish(undefined, { basedOn: 9 }), 'noticeChanged', 'basedOn');
		const strange = () => publishGuideItem(db, undefined, { ...input({ 'what-vi': 'x' }), basedOn: 1 }, NOW);
		await expectRefused(db, strange, 'signInFirst');
		await publish();
		await expectRefused(db, () => publish(undefined, { basedOn: 2 }), 'noticeUnchanged');
		const auditor = await makeActor(db, 'auditor', 'portal', null);
		await expectRefused(db, () => publish(undefined, { actor: auditor }), 'notYourRole');
	});
});
