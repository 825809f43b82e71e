// "Chỉ đường" opens the phone's own map where there is one; its address leads to the web elsewhere.
import { walkInOwnMap } from './directions.ts';

export function openOwnMap(): void {
	for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-walk-to]')) {
		const [latitude = 0, longitude = 0] = (link.dataset['walkTo'] ?? '').split(',').map(Number);
		const own = walkInOwnMap(navigator.userAgent, { latitude, longitude }, link.dataset['name'] ?? '');
		if (own) link.href = own;
	}
}
