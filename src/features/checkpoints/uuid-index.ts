import type { Uuid } from './line-scanner.ts';

/** Finds the place of a UUID among millions: 16 bytes each, and 8 for each slot, of which half are free. */
export function createUuidIndex() {
	/** The first UUID is number 1. */
	let keys = new Int32Array(1024 * 4);
	let count = 0;
	// A slot is a UUID's hash and its number, which is 0 where the slot is free: a search seldom looks at another key.
	let slots = new Int32Array(2048 * 2);
	let mask = 2047;

	const hashOf = ([a, b, c, d]: Uuid): number => {
		const mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ d, 0xc2b2ae35);
		return mixed ^ (mixed >>> 15);
	};
	const isKey = (number: number, [a, b, c, d]: Uuid): boolean => {
		const key = number * 4;
		return keys[key] === a && keys[key + 1] === b && keys[key + 2] === c && keys[key + 3] === d;
	};
	/** The slot that holds a UUID, or the free one where it belongs. */
	const slotOf = (uuid: Uuid, hash: number): number => {
		for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
			const number = slots[slot * 2 + 1]!;
			if (number === 0 || (slots[slot * 2] === hash && isKey(number, uuid))) return slot;
		}
	};
	const grow = () => {
		const old = { keys, slots };
		keys = new Int32Array(keys.length * 2);
		keys.set(old.keys);
		slots = new Int32Array(slots.length * 2);
		mask = mask * 2 + 1;
		for (let at = 0; at < old.slots.length; at += 2) {
			if (old.slots[at + 1] === 0) continue;
			let slot = old.slots[at]! & mask;
			while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
			slots[slot * 2] = old.slots[at]!;
			slots[slot * 2 + 1] = old.slots[at + 1]!;
		}
	};
	return {
		/** Gives a UUID the next number from 1 on; false when it has one. */
		add(uuid: Uuid): boolean {
			if ((count + 1) * 4 === keys.length) grow();
			const hash = hashOf(uuid);
			const slot = slotOf(uuid, hash);
			if (slots[slot * 2 + 1] !== 0) return false;
			count += 1;
			for (let part = 0; part < 4; part += 1) keys[count * 4 + part] = uuid[part]!;
			slots[slot * 2] = hash;
			slots[slot * 2 + 1] = count;
			return true;
		},
		/** Its number, or 0. */
		find: (uuid: Uuid): number => slots[slotOf(uuid, hashOf(uuid)) * 2 + 1]!,
	};
}
