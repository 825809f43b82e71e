import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import type { Actor } from '#features/accounts/actor.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { readSession } from '#features/accounts/session.service.ts';
import { readAccuracy, readPosition } from '#features/green-houses/house-change.ts';
import { surveyHouse, type SurveyInput, type Upload } from '#features/green-houses/house-survey.service.ts';
import { readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { errorBody, json } from '#lib/api.ts';
import { readFormBody, readJsonBody } from '#lib/body.ts';
import type { Config } from '#lib/config.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { field } from '#lib/forms.ts';
import type { Locale } from '#lib/i18n.ts';
import { parseInstant } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';

const MAX_BODY_BYTES = 64 * 1024;

// PostgreSQL keeps no NUL in a text.
const text = (max: number) =>
	z
		.string()
		.max(max)
		.regex(/^[^\0]*$/);
const item = z.object({
	id: text(64),
	/** The person who measured; a survey is recorded under no other. */
	account: text(64),
	green_house_code: text(64),
	surveyed_at: text(40),
	latitude: text(40),
	longitude: text(40),
	accuracy: text(40),
	neighbourhood: text(400),
	hours: text(400),
	materials: z.array(text(64)).max(100),
	far_confirmed: z.boolean(),
});
const body = z.object({ sent_at: text(40), house_surveys: z.array(z.unknown()).min(1).max(50) });

/** What the form calls its fields, as this address calls them. */
const FIELDS: Record<string, string> = {
	...{ house: 'green_house_code', surveyedAt: 'surveyed_at', farConfirmed: 'far_confirmed' },
};

/** Reads one survey. Refuses with 401 what its writer is not signed in for, with 422 what cannot be read. */
function toInput(
	raw: unknown,
	{ actor, correction, locale }: { actor: Actor | undefined; correction: number; locale: Locale },
): SurveyInput {
	const parsed = item.safeParse(raw);
	if (!parsed.success) {
		const field = parsed.error.issues[0]?.path.join('.') || undefined;
		throw new DomainError('UNPROCESSABLE_CONTENT', 'bodyMalformed', { field });
	}
	const { account, green_house_code, surveyed_at, far_confirmed, ...said } = parsed.data;
	const id = normaliseUuid(said.id);
	if (!id) throw new DomainError('UNPROCESSABLE_CONTENT', 'idInvalid', { field: 'id' });
	// It goes on waiting on the phone: nothing is wrong with what was measured.
	if (!actor) throw new DomainError('UNAUTHORIZED', 'surveySignIn');
	if (actor.personId !== account) throw new DomainError('UNAUTHORIZED', 'surveyOtherAccount');
	const statedAt = parseInstant(surveyed_at);
	if (statedAt === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'instantInvalid', { field: 'surveyed_at' });
	return {
		...{ id, greenHouseCode: green_house_code, statedAt, happenedAt: statedAt + correction, locale },
		...readPosition(said.latitude, said.longitude),
		...{ accuracyM: readAccuracy(said.accuracy), neighbourhood: said.neighbourhood, hours: said.hours },
		...{ materials: said.materials, farConfirmed: far_confirmed },
	};
}

/** The survey's id as it was sent, so that the phone finds its own again; null when there is none. */
function idOf(raw: unknown): string | null {
	const id: unknown = (raw as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id : null;
}

type Sent = { sentAt: number; surveys: unknown[]; upload?: Upload | undefined };

/** Surveys as a list, or one of them with its photo as a form: fields `sent_at`, `id`, `survey`, `photo`, `hasChildren`. */
async function readSent(request: Request, config: Config): Promise<Sent> {
	const isForm = !/^application\/json/i.test(request.headers.get('content-type') ?? '');
	const form = isForm ? await readFormBody(request) : undefined;
	const raw = form
		? { sent_at: field(form, 'sent_at'), house_surveys: [readJson(field(form, 'survey'))] }
		: await readJsonBody(request, MAX_BODY_BYTES);
	const parsed = body.safeParse(raw);
	const sentAt = parsed.success ? parseInstant(parsed.data.sent_at) : undefined;
	if (!parsed.success || sentAt === undefined) {
		const at = parsed.success ? 'sent_at' : parsed.error.issues[0]?.path.join('.') || undefined;
		throw new DomainError('BAD_REQUEST', 'bodyMalformed', { field: at });
	}
	const upload = form && (await readUpload(form, openPhotoStore(config)));
	return { sentAt, surveys: parsed.data.house_surveys, upload };
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text.slice(0, MAX_BODY_BYTES));
	} catch {
		return null;
	}
}

/** The outbox's surveys: each is recorded under the account that measured it, and waits while that one is signed out. */
export const POST: APIRoute = async ({ request, locals, cookies }) => {
	const { db, config, now, t, locale } = locals;
	const { sentAt, surveys, upload } = await readSent(request, config);
	const session = await readSession(db, config, cookies, now);
	const actor =
		session && !session.isPending
			? await findActor(db, session.personId, now, session.secondFactorAt, config.isLocal)
			: undefined;
	const results = [];
	for (const raw of surveys) {
		const id = idOf(raw);
		try {
			const input = toInput(raw, { actor, correction: now - sentAt, locale });
			const outcome = await surveyHouse(db, actor, input, now, upload);
			results.push({ id, status: outcome === 'created' ? 201 : 200 });
		} catch (error) {
			// A store that fails is no fault of the survey's: it waits.
			if (!(error instanceof DomainError) || error.kind === 'SERVICE_UNAVAILABLE') throw error;
			const { field: at, ...rest } = errorBody(error, t);
			const named = at === undefined ? rest : { ...rest, field: FIELDS[at] ?? at };
			results.push({ id, status: HTTP_STATUS[error.kind], error: named });
		}
	}
	return json({ results });
};
