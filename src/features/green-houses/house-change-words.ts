// Who said something of a house, as a sentence names them: by their role, never by their name.
import type { Role } from '#features/accounts/actor.ts';
import type { Translate } from '#lib/i18n.ts';

/** The role within a sentence: `người phụ trách nhà`; null is the operator, who needs none. */
export const roleWords = (role: Role | null, t: Translate): string => {
	if (role === null) return t('green-houses:history.operator');
	const name = t(`accounts:roles.${role}`);
	return name.charAt(0).toLowerCase() + name.slice(1);
};
