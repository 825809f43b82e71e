// The audit log in words: every act that the source writes down has its sentence, and an address asks for some.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AUDIT_ACTIONS, AUDIT_KINDS, isAuditAction, readAuditFilter } from '#features/accounts/audit.ts';
import type { DomainError } from '#lib/errors.ts';
import { createTranslator, locales } from '#lib/i18n.ts';
import { toLocalIso } from '#lib/time.ts';

const ACTIONS = Object.values(AUDIT_ACTIONS).flat();

/** What a computed part of an act's code can be. */
const PARTS: Record<string, string[]> = {
	'photo.${status}': ['photo.approved', 'photo.refused'],
	'green-house.${kind}': ['survey', 'move', 'pause', 'reopen', 'close', 'merge'].map(
		(kind) => `green-house.${kind}`,
	),
	'school-class.${act}': ['add', 'change', 'end', 'merge', 'split'].map((act) => `school-class.${act}`),
	'class-link.${act}': ['issue', 'end', 'enter', 'withdraw'].map((act) => `class-link.${act}`),
	'month.${act}': ['month.close', 'month.reopen'],
	'disbursement.${decision}': ['disbursement.approve', 'disbursement.return'],
	'rights-request.${step}': ['rights-request.reply', 'rights-request.complete'],
	'${factor.kind}.remove': ['passkey.remove', 'totp.remove'],
	'campaign.${act}': [
		...['draft', 'change', 'publish', 'unpublish', 'delete', 'move-end', 'end', 'weigh', 'unweigh'],
	].map((act) => `campaign.${act}`),
	'event-series.${act}': ['announce', 'edit', 'pause', 'resume', 'extend'].map(
		(act) => `event-series.${act}`,
	),
	'cleanup-event.${act}': [
		...['announce', 'edit', 'cancel', 'report', 'correct', 'postpone', 'move', 'restore'],
	].map((act) => `cleanup-event.${act}`),
};

/** The acts that the services write down: `action: '…'`, or an argument of a service's own helper. */
function writtenActions(): string[] {
	const services = globSync(['src/features/**/*.service.ts', 'src/server/admin*.ts']).map((file) =>
		readFileSync(file, 'utf8'),
	);
	const found = services.flatMap((text) =>
		[
			...text.matchAll(/\baction: (['`])([^'`]+)\1/g),
			...text.matchAll(/\baudit\(\s*trx,\s*(['`])([^'`]+)\1/g),
		].map(([, , code]) => code!),
	);
	return [...new Set(found.flatMap((code) => (code.includes('${') ? (PARTS[code] ?? [code]) : [code])))];
}

test('every act that a service writes down is known', () => {
	const written = writtenActions();
	expect(written.length).toBeGreaterThan(30);
	expect(written.filter((action) => !isAuditAction(action))).toEqual([]);
});

test('no act is listed twice', () => expect(new Set(ACTIONS).size).toBe(ACTIONS.length));

test.each(locales)('every act and every kind has its words in %s', (locale) => {
	const t = createTranslator(locale);
	const keys = [
		...ACTIONS.map((action) => `audit:did.${action}` as const),
		...AUDIT_KINDS.map((kind) => `audit:kind.${kind}` as const),
	];
	// A key without a sentence is said as the key itself.
	expect(keys.filter((key) => t(key) === key.split(':')[1])).toEqual([]);
});

describe('what an address asks of the log', () => {
	const read = (query: string) => readAuditFilter(new URLSearchParams(query));

	test('is by day in Vietnam, the last day included', () => {
		expect(read('tu=2026-11-22&den=22/11/2026')).toMatchObject({
			from: Date.UTC(2026, 10, 21, 17),
			until: Date.UTC(2026, 10, 22, 17),
		});
	});

	test('is everything when nothing is filled in', () => {
		expect(Object.values(read('viec=&vai-tro=&tu=&den=%20')).every((value) => value === undefined)).toBe(
			true,
		);
	});

	test.each([
		['tu=2026-02-30', 'dateInvalid', 'tu'],
		['den=mai', 'dateInvalid', 'den'],
		['tu=2026-11-22&den=2026-11-21', 'lastDayBeforeFirst', 'den'],
		['vai-tro=king', 'formUnreadable', 'vai-tro'],
	])('%s is refused', (query, key, field) => {
		expect(() => read(query)).toThrow(expect.objectContaining({ key, field }) as DomainError);
	});
});

test('an instant is written with the offset of Vietnam', () => {
	expect(toLocalIso(Date.UTC(2026, 10, 21, 17, 30))).toBe('2026-11-22T00:30:00.000+07:00');
	expect(Date.parse(toLocalIso(1_234_567_890_123))).toBe(1_234_567_890_123);
});
