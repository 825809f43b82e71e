// What invented residents say of the houses: two find one full, others see rubbish, damage and a wrong pin.
import type { Actor } from '#features/accounts/actor.ts';
import { reportStateSeen } from '#features/green-houses/green-house.service.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { addVoice, closeProblem, reportProblem } from '#features/green-houses/problem-report.service.ts';
import type { ProblemKind } from '#features/green-houses/problem-report.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, HOUR } from './plan.ts';

type Problem = { house: number; kind: ProblemKind; text: string; age: number; voices?: number };
const PROBLEMS: Problem[] = [
	{ house: 1, kind: 'rubbish', text: 'Hai túi rác bếp để cạnh cửa (mẫu)', age: 5 * HOUR, voices: 2 },
	{ house: 21, kind: 'damage', text: 'Bản lề cửa bên trái gãy (mẫu)', age: 3 * DAY, voices: 1 },
	{ house: 9, kind: 'wrong_pin', text: 'Nhà đặt ở cổng sau trường (mẫu)', age: 8 * DAY },
];
const CLOSED: Problem & { note: string } = {
	...{ house: 0, kind: 'damage', text: 'Mái tôn bị tốc một góc (mẫu)', age: 12 * DAY },
	note: 'Chi hội đã bắt lại mái tôn (mẫu)',
};
const FULL = 5;

export async function makeReports(
	db: Db,
	houses: GreenHouse[],
	devices: { secret: string }[],
	steward: Actor,
	now: number,
): Promise<void> {
	const codeOf = (index: number) => houses[index]!.code;
	for (const [index, hours] of [3, 2].entries()) {
		const at = now - hours * HOUR;
		const seen = { id: uuidv7(at), greenHouseCode: codeOf(FULL), state: 'full', seenAt: at } as const;
		await reportStateSeen(db, devices[index]!, seen, at);
	}
	for (const { house, kind, text, age, voices = 0 } of [...PROBLEMS, CLOSED]) {
		const at = now - age;
		const id = uuidv7(at);
		const report = { id, greenHouseCode: codeOf(house), kind, text, seenAt: at };
		await reportProblem(db, devices[house]!, report, at);
		for (let voice = 1; voice <= voices; voice += 1)
			await addVoice(db, devices[house + voice]!, id, at + voice * HOUR);
		if (house === CLOSED.house) await closeProblem(db, steward, { id, note: CLOSED.note }, at + 2 * DAY);
	}
}
