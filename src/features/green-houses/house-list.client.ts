// A phone keeps the wards folded, a wide screen has room for all; a way to a ward opens it in every browser.

export function unfoldWards(): void {
	const wards = document.querySelectorAll<HTMLDetailsElement>('details.ward');
	if (matchMedia('(width >= 56rem)').matches) for (const ward of wards) ward.open = true;
	const openTarget = () => {
		const target = /^#ds-[\w-]+$/.test(location.hash) ? document.querySelector(location.hash) : null;
		const ward = target?.closest('details');
		if (!target || !ward || ward.open) return;
		ward.open = true;
		target.scrollIntoView();
	};
	addEventListener('hashchange', openTarget);
	openTarget();
}
