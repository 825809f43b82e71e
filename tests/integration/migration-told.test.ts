// Messages from before 0047 did not say whose way they went by, nor what they told of.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { listTo } from '#features/notifications/outbox-message.repository.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)('messages outlive the upgrade, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0046_add_report_shortcomings');
	try {
		const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
		await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, is_sample: 0 });
		for (const [id, person_id] of [
			['of-lan', 'lan'],
			['of-nobody', null],
		] as const)
			await add('recipient', {
				...{ id, channel: 'email', address: `${id}@example.vn`, locale: 'vi', person_id },
				...{ created_at: 1, is_sample: 0 },
			});
		await add('news', {
			...{ id: 'off', dedupe_key: 'event.cancelled:event:1', kind: 'event.cancelled', subject_id: 'event' },
			...{ happened_at: 1, is_sample: 0, handled_at: 2 },
		});
		for (const [id, recipient_id] of [
			['first', 'of-lan'],
			['second', 'of-nobody'],
			['third', null],
		] as const)
			await add('outbox_message', {
				...{ id, dedupe_key: id, news_id: 'off', recipient_id, channel: 'email', due_at: 2, tries: 1 },
				...{ sent_at: 3, created_at: 2 },
			});
		await migrateToLatest(db);
		const rows = db.selectFrom('outboxMessage').select(['id', 'personId', 'said', 'sentAt']).orderBy('id');
		expect(await rows.execute()).toEqual([
			{ id: 'first', personId: 'lan', said: null, sentAt: 3 },
			{ id: 'second', personId: null, said: null, sentAt: 3 },
			{ id: 'third', personId: null, said: null, sentAt: 3 },
		]);
		// Who was told by a way that has ended is told still.
		await db.deleteFrom('recipient').execute();
		const now = { channel: 'push' as const, address: 'https://push.example.test/a', personId: 'lan' };
		expect(await listTo(db, now, ['off'])).toMatchObject([{ sentAt: 3, isHere: false }]);
	} finally {
		await close();
	}
});
