// A person's own data as files: JSON that is exact, CSV that people read.
import { ROLES, type Role } from '#features/accounts/actor.ts';
import { isAuditAction, isAuditKind } from '#features/accounts/audit.ts';
import { csvLine } from '#lib/csv.ts';
import { readKinds } from '#features/notifications/follow.ts';
import type { NewsKind } from '#features/notifications/news.ts';
import type { Locale, MessageKey, Translate } from '#lib/i18n.ts';
import { formatQuantity } from '#lib/number-format.ts';
import { toNationalPhone } from '#lib/phone.ts';
import { toLocalIso } from '#lib/time.ts';
import { wordsOfKind } from './own-deed.ts';
import type { OwnData } from './own-data.repository.ts';

type Rows = Record<string, Record<string, string | number | null>[]>;

/** Instants as ISO 8601 by Vietnam's clock, with its offset; what stands in the database is milliseconds. */
const readable = (name: string, value: string | number | null) =>
	name.endsWith('At') && typeof value === 'number' ? toLocalIso(value) : value;

/** The same rows with instants that a person can read. */
export const withReadableTimes = (data: Rows): Rows =>
	Object.fromEntries(
		Object.entries(data).map(([table, rows]) => [
			table,
			rows.map((row) =>
				Object.fromEntries(Object.entries(row).map(([name, value]) => [name, readable(name, value)])),
			),
		]),
	);

/** A day and time that a spreadsheet takes for one, by Vietnam's clock. */
const timeOf = (at: number | null | undefined): string =>
	at == null ? '' : toLocalIso(at).slice(0, 16).replace('T', ' ');

type Row = [what: MessageKey, when: string, content: string, detail: string];
type Named = { code: string; nameVi: string; nameEn: string };
type Reader = { t: Translate; locale: Locale; materials: Named[] };

/** What was brought at once, as it was written: `Giấy vụn 3 kg, Vỏ lon 20 cái`. */
const goodsOf = (lines: OwnData['dropOffs'], { locale, materials }: Reader): string =>
	lines
		.map(({ material: code, quantityMilli, unit }) => {
			const material = materials.find((each) => each.code === code);
			const name = (locale === 'vi' ? material?.nameVi : material?.nameEn) ?? code;
			return `${name} ${formatQuantity(quantityMilli, unit, locale)}`;
		})
		.join(', ');

/** A code that the tables hold, in words where it has some. */
function nameKind(kind: string, { t, locale, materials }: Reader): string {
	const material = materials.find(({ code }) => code === kind);
	if (material) return locale === 'vi' ? material.nameVi : material.nameEn;
	const role = ROLES.find((each) => each === kind);
	if (role) return t(`accounts:roles.${role}`);
	const words = wordsOfKind(kind);
	return words === undefined ? kind : t(words);
}

/** Each thing as one row: what it is, when, what it says, and more of it. */
function rowsOf(data: OwnData, reader: Reader): Row[] {
	const { t } = reader;
	const dropOffs = new Map<string, OwnData['dropOffs']>();
	for (const line of data.dropOffs) dropOffs.set(line.id, [...(dropOffs.get(line.id) ?? []), line]);
	const by = (role: Role | null) => (role === null ? '' : t(`accounts:roles.${role}`));
	const until = (key: MessageKey, at: number | null) => (at === null ? '' : `${t(key)} ${timeOf(at)}`);
	const didOf = (action: string) => (isAuditAction(action) ? t(`audit:did.${action}`) : action);
	const kindOf = (kind: string) => (isAuditKind(kind) ? t(`audit:kind.${kind}`) : kind);
	// A number as people dial it: one that begins with + would be taken for a formula.
	const dial = (phone: string | null) => (phone === null ? '' : toNationalPhone(phone));
	return [
		...data.person.map(
			(each) =>
				[
					...(['privacy:table.person', timeOf(each.createdAt), each.displayName] as const),
					[dial(each.phoneE164), each.email ?? ''].filter(Boolean).join(', '),
				] as Row,
		),
		...data.roles.map((each): Row => [
			...(['privacy:table.role', timeOf(each.grantedAt), by(each.role)] as const),
			until('privacy:table.ended', each.endedAt),
		]),
		...data.invitations.map((each): Row => [
			...(['privacy:table.invitation', timeOf(each.createdAt), ''] as const),
			[each.inviteeHint, until('privacy:table.lapses', each.expiresAt)].join(', '),
		]),
		...data.devices.map((each): Row => [
			...(['privacy:table.device', timeOf(each.createdAt), each.label] as const),
			until('privacy:table.lastUsed', each.lastUsedAt),
		]),
		...data.password.map((each): Row => [
			...(['privacy:table.password', timeOf(each.changedAt), '', ''] as const),
		]),
		...data.passkeys.map((each): Row => [
			...(['privacy:table.passkey', timeOf(each.createdAt), each.name] as const),
			until('privacy:table.lastUsed', each.lastUsedAt),
		]),
		...data.secondFactors.map((each): Row =>
			'usedAt' in each
				? ['accounts:confirm.recoveryCode', '', '', until('privacy:table.used', each.usedAt)]
				: ['accounts:totp.title', timeOf(each.confirmedAt), '', ''],
		),
		...data.knownBrowsers.map((each): Row => [
			...(['privacy:table.browser', timeOf(each.createdAt), '', ''] as const),
		]),
		...data.resets.map((each): Row => [
			...(['privacy:table.reset', timeOf(each.issuedAt), by(each.byRole)] as const),
			until('privacy:table.used', each.usedAt),
		]),
		...data.linkedDevices.map((each): Row => [
			...(['privacy:table.linked', timeOf(each.createdAt), '', ''] as const),
		]),
		...data.transfers.map((each): Row => [
			...(['privacy:table.transfer', timeOf(each.createdAt), ''] as const),
			until('privacy:table.used', each.usedAt),
		]),
		...data.consents.map((each): Row => [
			...(['privacy:table.consent', timeOf(each.givenAt), t('accounts:consent.title')] as const),
			[
				t('privacy:table.version', { version: each.noticeVersion }),
				until('privacy:table.over', each.withdrawnAt),
			]
				.filter(Boolean)
				.join(', '),
		]),
		...data.requests.map((each): Row => [
			...(['privacy:table.request', timeOf(each.requestedAt), each.text] as const),
			t(`accounts:request.kinds.${each.kind}`),
		]),
		...data.answers.map((each): Row => [
			...(['privacy:table.answer', timeOf(each.answeredAt), each.text, ''] as const),
		]),
		...[...dropOffs.values()].map((lines): Row => [
			...(['privacy:table.dropOff', timeOf(lines[0]!.happenedAt), goodsOf(lines, reader)] as const),
			[lines[0]!.greenHouse, until('privacy:table.withdrawn', lines[0]!.withdrawnAt)]
				.filter(Boolean)
				.join(', '),
		]),
		...data.stateReports.map((each): Row => [
			...(['privacy:table.stateReport', timeOf(each.reportedAt)] as const),
			t(`common:state.${each.condition === 'usable' ? (each.fill ?? 'unknown') : each.condition}`),
			each.greenHouse,
		]),
		...data.problemReports.map((each): Row => [
			...(['privacy:table.problemReport', timeOf(each.seenAt)] as const),
			[t(`green-houses:problem.kind.${each.kind}`), each.text].filter(Boolean).join(': '),
			[each.greenHouse, until('privacy:table.closed', each.closedAt)].filter(Boolean).join(', '),
		]),
		...data.problemVoices.map((each): Row => [
			...(['privacy:table.problemVoice', timeOf(each.voicedAt)] as const),
			...([t(`green-houses:problem.kind.${each.kind}`), each.greenHouse] as const),
		]),
		...data.photos.map((each): Row => [
			...(['privacy:table.photo', timeOf(each.uploadedAt), each.greenHouse] as const),
			t(`privacy:step.${each.status}`),
		]),
		...data.pledges.map((each): Row => [
			...(['privacy:table.pledge', '', `${each.label}: ${each.count}`, each.event] as const),
		]),
		...data.signUps.map((each): Row => [
			...(['privacy:table.signUp', timeOf(each.createdAt), each.event] as const),
			[each.name, dial(each.phoneE164), t('privacy:table.heads', { count: each.headCount })]
				.filter(Boolean)
				.join(', '),
		]),
		...data.signUpChanges.map((each): Row => [
			...(['privacy:table.signUpChange', timeOf(each.changedAt), each.event] as const),
			t('privacy:table.heads', { count: each.headCount }),
		]),
		...data.letters.map((each): Row => [
			...(['privacy:table.letter', timeOf(each.issuedAt), each.event, ''] as const),
		]),
		...data.attendance.map((each): Row => [
			...(['privacy:table.attendance', timeOf(each.checkedInAt), each.event] as const),
			t('privacy:table.heads', { count: each.heads }),
		]),
		...data.recipients.map((each): Row => [
			...(['privacy:table.recipient', timeOf(each.createdAt), each.email ?? ''] as const),
			t(each.channel === 'email' ? 'notifications:channel.email' : 'notifications:channel.pushOther'),
		]),
		...data.follows.map((each): Row => [
			...(['privacy:table.follow', timeOf(each.createdAt)] as const),
			readKinds(each.kinds)
				.map((kind) => t(`notifications:kind.${kind}`))
				.join('; '),
			t(`notifications:target.${each.targetKind}`),
		]),
		...data.messages.map((each): Row => [
			...([
				'privacy:table.message',
				timeOf(each.createdAt),
				t(`notifications:news.${each.kind as NewsKind}`),
			] as const),
			timeOf(each.sentAt),
		]),
		...data.recorded.map(({ what, doneAt, kind, id }): Row => [
			`privacy:deed.${what}`,
			timeOf(doneAt),
			kind === null ? '' : nameKind(kind, reader),
			id,
		]),
		...data.acts.map((each): Row => [
			...(['privacy:table.act', timeOf(each.happenedAt), didOf(each.action)] as const),
			kindOf(each.subjectKind),
		]),
		...data.about.map((each): Row => [
			...(['privacy:table.about', timeOf(each.happenedAt), didOf(each.action)] as const),
			[kindOf(each.subjectKind), by(each.byRole)].filter(Boolean).join(', '),
		]),
	];
}

/** A table for people, in the reader's language; a spreadsheet opens it with its Vietnamese intact (BOM). */
export function toCsv(data: OwnData, reader: Reader): string {
	const { t } = reader;
	const head = (['what', 'when', 'content', 'detail'] as const).map((name) => t(`privacy:column.${name}`));
	const lines = rowsOf(data, reader).map(([key, ...cells]) => csvLine([t(key), ...cells]));
	return `\ufeff${csvLine(head)}${lines.join('')}`;
}
