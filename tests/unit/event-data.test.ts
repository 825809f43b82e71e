// What machines read of an event: its words without the stars of bold ones, and nothing that could end the block.
import { expect, test } from 'vitest';
import type { CleanupEvent } from '#features/cleanup-events/cleanup-event.ts';
import { eventJsonLd } from '#features/cleanup-events/event-data.ts';
import { localDateTimeToInstant } from '#lib/time.ts';

test('an event’s words are plain, and its hours are Vietnam’s', () => {
	const event = {
		...{ id: 'e', status: 'published', slug: 'don-bo-song', title: 'Dọn bờ sông </script>' },
		...{ description: 'Xin mang **găng tay**.', organisationName: 'Đoàn phường' },
		startsAt: localDateTimeToInstant('2026-11-29', '06:30')!,
		endsAt: localDateTimeToInstant('2026-11-29', '09:30')!,
		...{ assemblyPoint: 'Nhà văn hoá', houseName: null, wardNameVi: 'Phường Đông Kinh', wardNameEn: '' },
	} as unknown as CleanupEvent;
	const block = eventJsonLd(event, [], {
		locale: 'vi',
		publicUrl: 'https://x.vn',
		image: 'https://x.vn/a.png',
	});
	expect(block).not.toContain('</script');
	expect(JSON.parse(block)).toMatchObject({
		name: 'Dọn bờ sông </script>',
		description: 'Xin mang găng tay.',
		startDate: '2026-11-29T06:30:00.000+07:00',
	});
});
