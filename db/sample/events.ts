import { listExpected } from '#features/cleanup-events/attendance.repository.ts';
import { recordAttendance } from '#features/cleanup-events/attendance.service.ts';
import { findEventBySlug } from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import type { EventArea } from '#features/cleanup-events/event-area.ts';
import { planDates, seriesDates } from '#features/cleanup-events/event-series.ts';
import { announceSeries } from '#features/cleanup-events/event-series.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import { addDays, localDateTimeToInstant, startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, HOUR, type Plan } from './plan.ts';

const EVENT_TITLES = [
	'Tổng vệ sinh bờ sông Kỳ Cùng',
	'Dọn rác quanh khu dân cư',
	'Thông cống, phát quang đường làng',
	'Chủ nhật xanh ở trường học',
];

/** A made-up street of about 300 m past a house. */
const streetBy = ({ latitude, longitude }: { latitude: number; longitude: number }): EventArea => ({
	type: 'LineString',
	coordinates: [
		[-0.0015, -0.0006],
		[-0.0004, 0.0001],
		[0.0005, -0.0001],
		[0.0014, 0.0007],
	].map(([east, north]) => [Number((longitude + east!).toFixed(5)), Number((latitude + north!).toFixed(5))]),
});

type Sample = { organisationId: string; title: string; startsAt: number; number: number };

const inputOf = (house: GreenHouse, { organisationId, title, startsAt, number }: Sample) => ({
	organisationId,
	title,
	description: 'Mời bà con, đoàn viên và các em học sinh cùng dọn vệ sinh.',
	startsAt,
	endsAt: startsAt + 3 * HOUR,
	greenHouseCode: house.code,
	assemblyPoint: 'Nhà văn hoá khối (mẫu)',
	latitude: null,
	longitude: null,
	capacity: number % 3 === 0 ? 120 : null,
	whatToBring: 'Chổi, xẻng, găng tay, bao đựng rác',
	collectionPartner: number % 2 === 0 ? 'Cơ sở thu mua phế liệu (mẫu)' : '',
	documentNumber: number % 3 === 1 ? `${number + 3}-KH/ĐTN (mẫu)` : '',
	areaText: 'Các ngõ quanh nhà văn hoá khối (mẫu)',
	area: streetBy(house),
	provided: 'Bao đựng rác',
	clothes: number % 2 === 0 ? 'Áo xanh hoặc đồ gọn gàng' : '',
	rainPlan: 'Mưa to lúc 06:00 thì hoãn sang Chủ nhật sau, báo trên trang Ngôi nhà xanh và qua loa.',
	leadName: 'Bí thư chi đoàn (mẫu)',
	leadPhone: null,
	isLeadPhonePublic: false,
	coOrganiserIds: [],
	needs:
		number % 2 === 0
			? [
					{ label: 'xe rác', wanted: 2 },
					{ label: 'xẻng', wanted: 10 },
				]
			: [],
	sections: [
		{ unit: 'Chi đoàn 1 (mẫu)', place: 'Sân nhà văn hoá và ngõ 1' },
		{ unit: 'Chi đoàn 2 (mẫu)', place: 'Ngõ 2, ngõ 3' },
		{ unit: 'Chi hội Phụ nữ (mẫu)', place: '' },
	],
});

/** A Green Sunday a month in each ward, most of them with a report, the next two Sundays, and a series. */
export function planEvents(
	plan: Plan & { devices: { id: string; secret: string }[]; organisations: Map<string, string> },
): void {
	const { db, now, random, pick, actors, devices, organisations, steps } = plan;
	const organiser = actors['organiser']!;
	const today = toLocalDate(now);
	const weekday = new Date(startOfLocalDate(today) + 12 * HOUR).getUTCDay();
	const nextSunday = addDays(today, weekday === 0 ? 7 : 7 - weekday);
	for (const [index, wardId] of [...organisations.keys()].entries()) {
		for (let month = 0; month < 11; month += 1) {
			planEvent(addDays(nextSunday, -7 * (1 + index + month * 4)), wardId, index + month, month % 4 !== 3);
		}
		planEvent(addDays(nextSunday, 7 * Math.floor(index / 2)), wardId, index, false);
	}

	const wardId = [...organisations.keys()].at(-1)!;
	const announcedAt = now - HOUR;
	steps.push({
		at: announcedAt,
		run: async () => {
			const house = (await listGreenHouses(db, {}, now)).find((each) => each.ward.id === wardId)!;
			const first = addDays(nextSunday, 28);
			const until = addDays(first, 28);
			const startsAt = localDateTimeToInstant(first, '07:00')!;
			const organisationId = organisations.get(wardId)!;
			const title = 'Chủ nhật xanh hằng tuần ở chợ (mẫu)';
			await announceSeries(
				db,
				organiser,
				{
					...{ id: uuidv7(announcedAt), pattern: 'weekly', until },
					...inputOf(house, { organisationId, title, startsAt, number: 0 }),
					dates: planDates(seriesDates(first, 'weekly', until), undefined).flatMap((day) =>
						day.isTaken ? [day.date] : [],
					),
				},
				announcedAt,
			);
		},
	});

	/** Who came, as one phone said it on the morning: those who signed up, and as many more as make the sum. */
	async function checkIn(eventId: string, startsAt: number, sum: number | undefined): Promise<void> {
		let left = sum ?? Infinity;
		const say = async (signUpId: string | null, heads: number, minors: number | null) => {
			if (heads === 0) return;
			const at = startsAt + (signUpId === null ? HOUR : 0);
			const device = `may-mau-${eventId}`;
			const about = { id: uuidv7(at), eventId, signUpId, device, isChoice: false };
			await recordAttendance(
				db,
				organiser,
				{ ...about, heads, minors, statedAt: at, checkedInAt: at },
				startsAt + DAY,
			);
			left -= heads;
		};
		// Persons first: they are known by name.
		const expected = (await listExpected(db, eventId)).reverse();
		for (const { id, headCount } of expected) await say(id, Math.min(headCount, left), null);
		if (sum !== undefined) await say(null, left, Math.floor(left / 4));
	}

	function planEvent(date: string, wardId: string, number: number, isReported: boolean): void {
		const organisationId = organisations.get(wardId)!;
		const startsAt = localDateTimeToInstant(date, '07:00')!;
		const announcedAt = Math.min(startsAt - 9 * DAY, now - HOUR);
		const id = uuidv7(announcedAt);
		const title = `${EVENT_TITLES[number % EVENT_TITLES.length]} (mẫu)`;
		steps.push({
			at: announcedAt,
			run: async () => {
				const houses = await listGreenHouses(db, {}, now);
				const nearby = houses.filter((each) => each.ward.id === wardId);
				const house = nearby[(number * 7) % nearby.length]!;
				const slug = await announceEvent(
					db,
					organiser,
					{ id, ...inputOf(house, { organisationId, title, startsAt, number }) },
					announcedAt,
				);
				const event = (await findEventBySlug(db, slug))!;
				for (let each = 0; each < 4; each += 1) {
					const device = pick(devices);
					const isUnit = each < 2;
					const input = {
						id: uuidv7(announcedAt),
						kind: isUnit ? ('unit' as const) : ('person' as const),
						name: isUnit ? `Chi đoàn ${each + 1} (mẫu)` : `Người dân ${each} (mẫu)`,
						headCount: isUnit ? 8 + Math.floor(random() * 18) : 1 + Math.floor(random() * 3),
						phone: null,
						isSixteen: true,
					};
					await signUp(db, event.id, input, { secret: device.secret }, announcedAt + HOUR);
				}
			},
		});
		if (startsAt + DAY > now) return;
		steps.push({
			at: startsAt + DAY,
			run: async () => {
				if (!isReported) return checkIn(id, startsAt, undefined);
				const headCount = 20 + Math.floor(random() * 60);
				await checkIn(id, startsAt, headCount);
				await reportEvent(
					db,
					organiser,
					{
						id,
						headCount,
						recyclablesGrams: (4 + Math.floor(random() * 40)) * 1000,
						otherWasteGrams: (30 + Math.floor(random() * 300)) * 1000,
						remarks: '',
					},
					startsAt + DAY,
				);
			},
		});
	}
}
