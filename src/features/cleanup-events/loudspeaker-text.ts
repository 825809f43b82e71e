// What a ward reads out over its loudspeakers: always Vietnamese, short sentences, a minute and a half at most.
import { createTranslator } from '#lib/i18n.ts';
import { toNationalPhone } from '#lib/phone.ts';
import { placeText, type CleanupEvent } from './cleanup-event.ts';
import { movedFrom, type EventChange, type Moved } from './event-change.ts';
import { countSyllables, spokenText, spokenTime } from './spoken.ts';

/** A bulletin is read slower than people talk. */
const SYLLABLES_A_MINUTE = 160;
export const MAX_SECONDS = 90;
const MAX_SYLLABLES = (MAX_SECONDS / 60) * SYLLABLES_A_MINUTE;
/** More of a list than this nobody remembers. */
const LIST_SYLLABLES = 40;
const BRIEF_SYLLABLES = 15;

/** A list that was typed as a sentence goes on in one. */
const midSentence = (text: string): string =>
	/^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** The first things of a list, as many as one remembers. */
function shorten(list: string, max = LIST_SYLLABLES): string {
	const things = list.split(/[,;]\s*/);
	while (things.length > 1 && countSyllables(things.join(' ')) > max) things.pop();
	return things.join(', ');
}

type Sentence = [leftOut: number, sentence: string | false];
type Now = { event: CleanupEvent; moved: Moved; title: string; time: string; place: string };

/** From what to what, and why; without the reason where there is no time for it. */
function movedSentences({ event, moved, title, time, place }: Now, isBrief: boolean): Sentence[] {
	const t = createTranslator('vi');
	const why = (reason: string) =>
		reason === '' || isBrief
			? ''
			: t('cleanup-events:loudspeaker.because', { reason: midSentence(shorten(spokenText(reason))) });
	const placeBefore = moved.place ? spokenText(placeText(moved.place, 'vi')) : '';
	const fromPlace = shorten(placeBefore, isBrief ? BRIEF_SYLLABLES : LIST_SYLLABLES);
	return [
		[
			0,
			moved.time !== undefined &&
				t(
					moved.time.startsAt < event.startsAt
						? 'cleanup-events:loudspeaker.postponed'
						: 'cleanup-events:loudspeaker.broughtForward',
					{ title, from: spokenTime(moved.time.startsAt), to: time, why: why(moved.time.reason) },
				),
		],
		[
			0,
			moved.place !== undefined &&
				t(moved.time ? 'cleanup-events:loudspeaker.movedToo' : 'cleanup-events:loudspeaker.moved', {
					title,
					from: fromPlace,
					to: place,
					why: why(moved.place.reason),
				}),
		],
	];
}

export const secondsToRead = (text: string): number =>
	Math.ceil((countSyllables(text) / SYLLABLES_A_MINUTE) * 60);

/** The bulletin, a sentence a line; a day or a place that was changed comes first. What is least needed is left out of a long one. */
export function loudspeakerText(
	event: CleanupEvent,
	coOrganisers: { name: string }[],
	changes: readonly EventChange[],
): string {
	const t = createTranslator('vi');
	const time = spokenTime(event.startsAt);
	const title = spokenText(event.title);
	const others = spokenText(coOrganisers.map(({ name }) => name).join(', '));
	const greeting = t('cleanup-events:loudspeaker.greeting');
	if (event.status === 'cancelled') {
		const reason = spokenText(event.cancelReason ?? '');
		return [
			greeting,
			t('cleanup-events:loudspeaker.cancelled', { title, time }),
			t('cleanup-events:loudspeaker.reason', { reason }),
			t('cleanup-events:loudspeaker.thanks'),
		].join('\n');
	}
	const place = spokenText(placeText(event, 'vi'));
	const moved = movedFrom(event, changes);
	const organisation = spokenText(event.organisationName);
	const isMoved = moved.time !== undefined || moved.place !== undefined;
	const phone = event.isLeadPhonePublic === 1 ? event.leadPhoneE164 : null;
	// In the order in which they are read, each with how soon it is left out: 0 never.
	const sentencesOf = (isBrief: boolean): Sentence[] => [
		[0, greeting],
		...movedSentences({ event, moved, title, time, place }, isBrief),
		isMoved
			? [0, !isBrief && t('cleanup-events:loudspeaker.invitesStill', { organisation })]
			: [0, t('cleanup-events:loudspeaker.invites', { organisation, title })],
		[5, coOrganisers.length > 0 && t('cleanup-events:loudspeaker.together', { organisation: others })],
		[0, !moved.time && t('cleanup-events:loudspeaker.time', { time })],
		[0, !moved.place && t('cleanup-events:loudspeaker.place', { place })],
		[3, event.areaText !== '' && t('cleanup-events:loudspeaker.area', { area: spokenText(event.areaText) })],
		[
			1,
			event.whatToBring !== '' &&
				t('cleanup-events:loudspeaker.bring', {
					things: midSentence(shorten(spokenText(event.whatToBring))),
				}),
		],
		[
			4,
			event.clothes !== '' && t('cleanup-events:loudspeaker.clothes', { clothes: spokenText(event.clothes) }),
		],
		[2, event.rainPlan !== '' && t('cleanup-events:loudspeaker.rain', { plan: spokenText(event.rainPlan) })],
		[
			6,
			phone !== null &&
				t('cleanup-events:loudspeaker.contact', {
					name: spokenText(event.leadName),
					phone: spokenText(toNationalPhone(phone)),
				}),
		],
		[7, t('cleanup-events:loudspeaker.again', { time, place })],
		[0, t('cleanup-events:loudspeaker.thanks')],
	];
	const full = shortened(sentencesOf(false));
	return countSyllables(full) <= MAX_SYLLABLES ? full : shortened(sentencesOf(true));
}

/** What is least needed is left out until the rest is short enough, as far as that goes. */
function shortened(sentences: Sentence[]): string {
	let kept = sentences.flatMap(([leftOut, sentence]) => (sentence ? [{ leftOut, sentence }] : []));
	const textOf = () => kept.map(({ sentence }) => sentence).join('\n');
	for (let least = 7; least > 0 && countSyllables(textOf()) > MAX_SYLLABLES; least -= 1)
		kept = kept.filter(({ leftOut }) => leftOut !== least);
	return textOf();
}
