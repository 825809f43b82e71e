// What waits for somebody now, in words: the most pressing first, each with the page where it is done.
import type { GlyphName } from '#components/glyphs.ts';
import { isCheckInOpen } from '#features/cleanup-events/check-in.ts';
import { placeText } from '#features/cleanup-events/cleanup-event.ts';
import { timeText } from '#features/cleanup-events/share-text.ts';
import { overdueDetail, overdueTitle } from '#features/disclosures/disclosure-words.ts';
import { workFund, workTitle } from '#features/fund/work-title.ts';
import { listedHouseName, shortHouseName } from '#features/green-houses/green-house.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import { formatVnd } from '#lib/number-format.ts';
import { formatDate, formatDateTime, toLocalDate } from '#lib/time.ts';
import type { OwnWork } from './_own-work.ts';

export type WaitingRow = { glyph: GlyphName; href: string; title: string; detail: string };

/** So many overdue reports stand among what waits; the others are folded. */
const OVERDUE_SHOWN = 3;

/** `folded` are overdue reports, newest first. */
export function waitingRows(
	work: OwnWork,
	t: Translate,
	locale: Locale,
	now: number,
): { rows: WaitingRow[]; folded: WaitingRow[] } {
	const reportRow = (event: OwnWork['unreported'][number]) => ({
		glyph: event.isOverdue ? ('i-warn' as const) : ('n-sun' as const),
		href: event.href,
		title: t(event.isOverdue ? 'accounts:mine.overdueReport' : 'accounts:mine.waitingReport', {
			title: event.title,
		}),
		detail: `${formatDate(toLocalDate(event.detail.startsAt), locale)} · ${event.detail.organisationName}`,
	});
	const overdue = work.unreported.filter(({ isOverdue }) => isOverdue).map(reportRow);
	const rows = [
		...work.eventsToday.map((event) => {
			const isOpen = isCheckInOpen(event, now);
			return {
				glyph: 'n-sun' as const,
				href: `/cua-toi/su-kien/${event.id}${isOpen ? '/diem-danh' : ''}`,
				title: t(`accounts:mine.today.${isOpen ? 'checkIn' : 'event'}`, { title: event.title }),
				detail: `${timeText(event, { t, locale })} · ${placeText(event, locale)}`,
			};
		}),
		...overdue.slice(0, OVERDUE_SHOWN),
		...(work.mustSetUp
			? [
					{
						glyph: 'i-ok' as const,
						href: '/cua-toi/tai-khoan/dang-nhap',
						title: t('accounts:mine.waitingFactor'),
						detail: t('accounts:mine.waitingFactorDetail'),
					},
				]
			: []),
		...(work.blanks > 0
			? [
					{
						glyph: 'g-paper' as const,
						href: '/cua-toi/thong-bao',
						title: t('about:privacy.waiting'),
						detail: t('about:privacy.waitingDetail', { count: work.blanks }),
					},
				]
			: []),
		...work.requests.map((request) => ({
			glyph: 'i-warn' as const,
			href: '/cua-toi/yeu-cau',
			title: t('accounts:mine.waitingRequest', { name: request.displayName }),
			detail: t(`accounts:request.due.${request.repliedAt === null ? 'reply' : 'complete'}`, {
				date: request.repliedAt === null ? request.replyDueOn : request.completeDueOn,
			}),
		})),
		// One resident's word is no call yet.
		...work.houses
			.filter(
				(house) =>
					work.alerts.has(house.id) || (house.state === 'full' && house.stateReportedBy !== 'resident'),
			)
			.map((house) => ({
				glyph: 'c-house' as const,
				href: `/cua-toi/nha/${house.code}`,
				title: t(work.alerts.has(house.id) ? 'green-houses:alert.title' : 'accounts:mine.waitingHouse', {
					house: listedHouseName(house),
				}),
				detail: work.alerts.has(house.id)
					? t('green-houses:alert.detail', { time: formatDateTime(work.alerts.get(house.id) ?? now, locale) })
					: t('accounts:mine.waitingHouseDetail'),
			})),
		...work.reportHouses
			.filter((house) => work.problems.has(house.id))
			.map((house) => ({
				glyph: 'i-warn' as const,
				href: `/cua-toi/nha/${house.code}/viec-bao`,
				title: t('green-houses:problem.waiting', { count: work.problems.get(house.id) ?? 0 }),
				detail: listedHouseName(house),
			})),
		...(work.photoCount > 0
			? [
					{
						glyph: 'i-cam' as const,
						href: '/cua-toi/anh',
						title: t('photos:work.count', { count: work.photoCount }),
						detail: t('photos:work.countDetail'),
					},
				]
			: []),
		...work.sheets.map(({ code, nameVi, count }) => ({
			glyph: 'g-paper' as const,
			href: `/cua-toi/truong?diem=${code}#da-ghi`,
			title: t('accounts:mine.waitingSheets', { count }),
			detail: listedHouseName({ nameVi, code }),
		})),
		...work.campaigns.map(({ id, name, step }) => ({
			glyph: step === 'end' ? ('i-ok' as const) : ('c-house' as const),
			href: `/cua-toi/truong/dot/${id}`,
			title: t(`accounts:mine.campaign.${step}`, { name }),
			detail: t(`accounts:mine.campaign.${step}Detail`),
		})),
		...work.unsold.map(({ returnReason, ...cycle }) => ({
			glyph: 'c-scale' as const,
			href: `/cua-toi/nha/${cycle.code}#ban`,
			title: t('accounts:mine.waitingCycle', { house: listedHouseName(cycle) }),
			detail:
				returnReason === null
					? t('accounts:mine.waitingCycleDetail')
					: t('accounts:mine.waitingReturned', { reason: returnReason }),
		})),
		...work.sales.map((sale) => ({
			glyph: 'c-slip' as const,
			href: `/cua-toi/phieu-ban/${sale.id}`,
			title: t('accounts:mine.waitingSale', { amount: formatVnd(sale.cashReceivedVnd, locale) }),
			detail: t('accounts:mine.waitingSaleDetail', {
				house: shortHouseName(sale.houseName ?? ''),
				name: sale.recorderName,
				time: formatDateTime(sale.recordedAt, locale),
			}),
		})),
		...work.disbursements.map(({ act, href, disbursement }) => ({
			glyph: act === 'pay' ? ('c-hand' as const) : ('i-ok' as const),
			href,
			title: t(act === 'pay' ? 'accounts:mine.waitingPayment' : 'accounts:mine.waitingApproval', {
				amount: formatVnd(disbursement.amountVnd, locale),
			}),
			detail: locale === 'vi' ? disbursement.fundNameVi : disbursement.fundNameEn,
		})),
		...work.fundWork.map((each) => ({
			glyph: each.kind === 'month' ? ('g-book' as const) : ('i-ok' as const),
			href: each.href,
			title: workTitle(each, t, locale),
			detail: workFund(each, locale),
		})),
		...work.overdue.map(({ fund, href, sheets }) => ({
			glyph: 'g-news' as const,
			href,
			title: overdueTitle(sheets, t),
			detail: `${locale === 'vi' ? fund.nameVi : fund.nameEn} · ${overdueDetail(sheets, t)}`,
		})),
		...work.unreported.filter(({ isOverdue }) => !isOverdue).map(reportRow),
	];
	return { rows, folded: overdue.slice(OVERDUE_SHOWN) };
}
