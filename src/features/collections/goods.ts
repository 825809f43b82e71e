// What a sale takes of its cycles: the materials of its lines, and, unless it keeps the others back, all that is left.
import { DomainError } from '#lib/errors.ts';

/** Goods of one material in one cycle; '' is what nobody declared there. */
export type HeldGoods = { cycleId: string; materialCode: string };

/** What nobody declared, in the place of a material. */
export const REST = '';

export type CycleGoods = {
	cycleId: string;
	/** Declared or carried in, and free. */
	left: string[];
	/** Held by live sales, with when each of them was recorded. */
	held: { materialCode: string; recordedAt: number }[];
	/** Given back by sales, or by the next cycle. */
	released: { materialCode: string; releasedAt: number | null }[];
	carried: string[];
};

type Line = { kind: string; material?: string; cycleId?: string | undefined };

/**
 * The goods that a sale takes. Refuses with 409 what is sold or kept already; `nameOf` names a material in the
 * reader's language.
 */
export function chooseGoods(
	lines: Line[],
	keepsRest: boolean,
	cycles: CycleGoods[],
	nameOf: (material: string) => string,
): HeldGoods[] {
	return cycles.flatMap(({ cycleId, left, held, released, carried }) => {
		const rest = held.find((each) => each.materialCode === REST);
		if (rest && left.length === 0) throw new DomainError('CONFLICT', 'cycleAlreadySold', { field: 'cycle' });
		const named = new Set(
			lines.flatMap((line) =>
				line.material && (line.cycleId ?? cycleId) === cycleId ? [line.material] : [],
			),
		);
		for (const material of named) {
			// Whoever took the rest took this too, unless another sale or the next cycle held it then and gave it back.
			const isRestSold =
				rest !== undefined &&
				!released.some((each) => each.materialCode === material && (each.releasedAt ?? 0) >= rest.recordedAt);
			const values = { material: nameOf(material) };
			if (isRestSold || held.some((each) => each.materialCode === material))
				throw new DomainError('CONFLICT', 'goodsAlreadySold', { field: 'lines', values });
			if (carried.includes(material))
				throw new DomainError('CONFLICT', 'goodsCarried', { field: 'lines', values });
		}
		if (keepsRest) {
			if (named.size === 0)
				throw new DomainError('UNPROCESSABLE_CONTENT', 'cycleWithoutLine', { field: 'lines' });
			return [...named].map((materialCode) => ({ cycleId, materialCode }));
		}
		const all = new Set([...named, ...left, ...(rest ? [] : [REST])]);
		return [...all].map((materialCode) => ({ cycleId, materialCode }));
	});
}
