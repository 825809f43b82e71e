import texts from '#db/data/event-templates.json' with { type: 'json' };
import type { EventValues } from './event-form.ts';

/** What organisers announce most: texts that stand ready in Vietnamese, as everything they write. */
export type EventTemplate = { slug: string; name: string; values: Partial<EventValues> };

export const EVENT_TEMPLATES: readonly EventTemplate[] = texts;
