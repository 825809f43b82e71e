// Several readings of one place by a phone, made into one position.
import { distanceM, type Point } from '#features/places/distance.ts';

/** A reading with the radius, in metres, within which the device believes to be. */
export type Fix = Point & { accuracyM: number };

/** A phone that is sure to a metre still errs by more, so a reading this near to the middle is never an outlier. */
const LEAST_SPREAD_M = 15;

const median = (values: number[]): number => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * The mean of the readings, each weighted by the inverse square of its accuracy; those farther from the middle of all
 * than twice their own accuracy are left out. The errors of one place go together, so the accuracy is a mean too and
 * does not shrink with their number. Undefined without a reading.
 */
export function averageFix(fixes: Fix[]): (Fix & { used: number }) | undefined {
	if (fixes.length === 0) return undefined;
	const middle = {
		latitude: median(fixes.map(({ latitude }) => latitude)),
		longitude: median(fixes.map(({ longitude }) => longitude)),
	};
	const near = fixes.filter((fix) => distanceM(fix, middle) <= 2 * Math.max(fix.accuracyM, LEAST_SPREAD_M));
	const kept = near.length > 0 ? near : fixes;
	const weights = kept.map(({ accuracyM }) => 1 / Math.max(accuracyM, 1) ** 2);
	const total = weights.reduce((sum, each) => sum + each, 0);
	const mean = (read: (fix: Fix) => number) =>
		kept.reduce((sum, fix, index) => sum + read(fix) * weights[index]!, 0) / total;
	return {
		latitude: mean(({ latitude }) => latitude),
		longitude: mean(({ longitude }) => longitude),
		// Sums of floating point are a hair off whole metres.
		accuracyM: Math.max(1, Math.ceil(mean(({ accuracyM }) => accuracyM) - 1e-6)),
		used: kept.length,
	};
}
