/* Every page, its rights and its form: one row each. The API is the same table below /api/v1. */
#include "web/pages/pages.h"

#include "casebook/evidence.h"
#include "casebook/words.h"

#define CONTENTS (RIGHT_EXHIBIT_READ | RIGHT_RECORD_READ)

static const char *const seal_words[] = { "not looked at", "intact", "broken", NULL };
static const char *const state_words[] = { "active", "locked", NULL };

static const struct form_field sign_in[] = { { "name", "Name", NULL, FORM_NARROW, true, .autocomplete = "username" }, { "password", "Password", NULL, FORM_PASSWORD, true, .autocomplete = "current-password" }, { NULL } };
static const struct form_field invitation[] = { { "name", "Name to sign in with", "Letters, digits and . - _ @", FORM_NARROW, true, .autocomplete = "username" },
						{ "display_name", "Your name, as others see it", NULL, FORM_LINE, true, .autocomplete = "name" },
						{ "password", "Password", "At least 12 characters", FORM_PASSWORD, true, .autocomplete = "new-password" },
						{ "again", "The password again", NULL, FORM_PASSWORD, true, .autocomplete = "new-password" }, { NULL } };
static const struct form_field purpose[] = { { "purpose", "What for", "For example: referral to the police, reference 12345", FORM_LINE, true }, { "password", "Your password", NULL, FORM_PASSWORD, true, .autocomplete = "current-password" }, { NULL } };
static const struct form_field exhibit[] = { { "reference", "Exhibit mark", "Initials and number, as on the bag: ABC/1", FORM_NARROW, true },
					     { "bag", "Bag number", NULL, FORM_NARROW },
					     { "seal", "Seal number", NULL, FORM_NARROW },
					     { "kind", "What it is", NULL, FORM_SELECT, true, words_exhibit_kinds },
					     { "description", "Description", "Colour, make, damage, IMEI if it can be read", FORM_AREA },
					     { "establishment", "Establishment", NULL, FORM_SELECT },
					     { "found_where", "Where it was found", NULL, FORM_LINE, true },
					     { "found_at", "When it was found (UTC)", NULL, FORM_MOMENT },
					     { "found_by", "Who found it", NULL, FORM_LINE, true },
					     { "number", "Prison number of the person it was found on", "A1234BC", FORM_NARROW },
					     { NULL } };
static const struct form_field hand_over[] = { { "at", "When (UTC)", NULL, FORM_MOMENT, true },
					       { "from_whom", "From", NULL, FORM_LINE, true },
					       { "to_whom", "To", NULL, FORM_LINE, true },
					       { "place", "Where", NULL, FORM_LINE, true },
					       { "reason", "Why", "Needed where the seal was broken", FORM_AREA },
					       { "seal_intact", "The seal before", NULL, FORM_RADIOS, true, seal_words },
					       { "seal", "Seal from now on", NULL, FORM_NARROW },
					       { "bag", "Bag from now on", NULL, FORM_NARROW },
					       { NULL } };
static const struct form_field evidence[] = { { "file", "The extraction", NULL, FORM_FILE, true },
					      { "path", "Or a path on the server", "Below a folder that the administrator opened for evidence", FORM_LINE },
					      { "sha256", "SHA-256, if it was noted", NULL, FORM_LINE },
					      { NULL } };
static const struct form_field examine[] = { { "password", "Password of the extraction", "Only where it is encrypted; kept sealed until the examination has ended", FORM_PASSWORD, .autocomplete = "new-password" }, { NULL } };
static const struct form_field person[] = { { "surname", "Surname", NULL, FORM_LINE, true },
					    { "forenames", "Forenames", NULL, FORM_LINE },
					    { "born_on", "Date of birth", NULL, FORM_DAY },
					    { "number", "Prison number", "A1234BC", FORM_NARROW },
					    { "establishment", "Establishment", NULL, FORM_SELECT },
					    { "location", "Wing and cell", NULL, FORM_NARROW },
					    { NULL } };
static const struct form_field number[] = { { "number", "Prison number", "A1234BC", FORM_NARROW, true }, { NULL } };
static const struct form_field casefile[] = { { "reference", "Reference", NULL, FORM_NARROW, true }, { "title", "Title", NULL, FORM_LINE, true }, { "summary", "Summary", NULL, FORM_AREA }, { "establishment", "Establishment", NULL, FORM_SELECT }, { NULL } };
static const struct form_field case_note[] = { { "at", "When that happened (UTC)", NULL, FORM_MOMENT }, { "text", "Note", NULL, FORM_AREA, true }, { NULL } };
static const struct form_field case_person[] = { { "number", "Prison number", "A1234BC", FORM_NARROW, true }, { "part", "Part in the case", NULL, FORM_SELECT, true, words_case_parts }, { NULL } };
static const struct form_field case_exhibit[] = { { "reference", "Exhibit mark", NULL, FORM_NARROW, true }, { NULL } };
static const struct form_field case_officer[] = { { "officer", "Officer", NULL, FORM_SELECT, true }, { NULL } };
static const struct form_field case_task[] = { { "title", "What is to be done", NULL, FORM_LINE, true }, { "due_at", "By when (UTC)", NULL, FORM_MOMENT }, { "officer", "Who", NULL, FORM_SELECT }, { "role", "Or anybody of the role", NULL, FORM_SELECT }, { NULL } };
static const struct form_field officer_new[] = { { "name", "Name to sign in with", "Letters, digits and . - _ @", FORM_NARROW, true },
						 { "display_name", "Name as others see it", NULL, FORM_LINE, true },
						 { "establishment", "Establishment", NULL, FORM_SELECT },
						 { "roles", "Roles", NULL, FORM_CHECKBOXES, true },
						 { NULL } };
static const struct form_field officer[] = { { "display_name", "Name as others see it", NULL, FORM_LINE, true },
					     { "establishment", "Establishment", NULL, FORM_SELECT },
					     { "roles", "Roles", NULL, FORM_CHECKBOXES, true },
					     { "state", "State", "Who is locked can no longer sign in; what was done stays under the name", FORM_RADIOS, true, state_words },
					     { NULL } };
static const struct form_field picture[] = { { "file", "The picture", "JPEG, PNG, HEIC, AVIF, WebP or GIF; it is compared and not kept", FORM_FILE, true }, { NULL } };
static const struct form_field places[] = { { "csv", "The register", NULL, FORM_AREA, true }, { NULL } };

enum { PICTURE_MOST = 64 << 20 };

const struct page pages[] = {
	{ "/sign-in", "form", 0, sign_in_show, 0, sign_in_act, PAGE_OPEN | PAGE_NO_TRANSACTION, .about = "Signs in; the API gives a token for Authorization: Bearer", .fields = sign_in, .button = "Sign in" },
	{ "/sign-out", NULL, 0, NULL, 0, sign_out_act, .about = "Ends the session" },
	{ "/invitation/*", "form", 0, invitation_show, 0, invitation_act, PAGE_OPEN | PAGE_NO_API | PAGE_NO_TRANSACTION, .fields = invitation, .button = "Continue" },
	{ "/purpose", "form", 0, purpose_show, 0, purpose_act, PAGE_NO_TRANSACTION, .about = "A second sign-in for a recorded purpose", .fields = purpose, .button = "Continue" },
	{ "/health", NULL, 0, health_show, 0, NULL, PAGE_OPEN | PAGE_BYTES, .about = "Is the server up, and does its database answer?" },
	{ "/openapi.json", NULL, 0, openapi_show, 0, NULL, PAGE_OPEN | PAGE_BYTES, .about = "This description" },
	{ "/", "home", 0, home_show, 0, NULL, .about = "What needs the officer now" },
	{ "/tasks/:/done", NULL, 0, NULL, 0, task_done_act, .about = "A task is done" },

	{ "/exhibits", "exhibits", RIGHT_EXHIBIT_READ, exhibits_show, 0, NULL, .about = "The register of exhibits" },
	{ "/exhibits/new", "form", RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE, exhibit_new_show, 0, exhibit_new_act, .about = "Registers an exhibit", .fields = exhibit, .button = "Register" },
	{ "/exhibits/:", "exhibit", RIGHT_EXHIBIT_READ, exhibit_show, 0, NULL, .about = "An exhibit: its entry, hand-overs, examinations, what was found" },
	{ "/exhibits/:/edit", "form", RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE, exhibit_edit_show, 0, exhibit_edit_act, .about = "Changes an exhibit's entry", .fields = exhibit, .button = "Save" },
	{ "/exhibits/:/hand-over", "form", RIGHT_EXHIBIT_READ | RIGHT_EXHIBIT_WRITE, hand_over_show, 0, hand_over_act, .about = "Records a hand-over", .fields = hand_over, .button = "Record" },
	{ "/exhibits/:/evidence", "form", RIGHT_EVIDENCE, evidence_new_show, 0, evidence_new_act, PAGE_NO_TRANSACTION, EVIDENCE_MOST + (1 << 20), evidence_body, "Begins an upload (name, size, sha256) or points at a path", evidence, "Upload" },
	{ "/evidence/:", NULL, RIGHT_EVIDENCE, evidence_show, 0, NULL, .about = "How much of an upload has been received" },
	{ "/evidence/:", NULL, RIGHT_EVIDENCE, NULL, 0, evidence_put_act, PAGE_PUT | PAGE_NO_TRANSACTION, EVIDENCE_MOST, evidence_body, "A piece of an upload, from ?offset= on" },
	{ "/evidence/:/examine", NULL, RIGHT_EVIDENCE, NULL, 0, evidence_examine_act, .about = "Has it examined, with its password where it is encrypted", .fields = examine },
	{ "/examinations/:", "examination", RIGHT_EXHIBIT_READ, examination_show, 0, NULL, .about = "How far an examination is" },
	{ "/examinations/:/events", NULL, RIGHT_EXHIBIT_READ, examination_events_show, 0, NULL, PAGE_BYTES, .about = "The same as server-sent events" },
	{ "/examinations/:/cancel", NULL, RIGHT_EVIDENCE, NULL, 0, examination_cancel_act, .about = "Stops an examination" },

	{ "/exhibits/:/conversations", "conversations", CONTENTS, conversations_show, 0, NULL, .about = "Conversations, the latest first" },
	{ "/exhibits/:/conversations/:", "conversation", CONTENTS, conversation_show, 0, NULL, .about = "The messages of one conversation, live and recovered" },
	{ "/exhibits/:/timeline", "timeline", CONTENTS, timeline_show, 0, NULL, .about = "Records of all kinds in time order, and how many when" },
	{ "/exhibits/:/media", "media", CONTENTS, media_show, 0, NULL, .about = "Pictures and videos, and which look alike" },
	{ "/exhibits/:/thumbnails/:", NULL, CONTENTS, thumbnail_show, 0, NULL, PAGE_BYTES, .about = "A small grey picture; never of what is on a list of illegal ones" },
	{ "/exhibits/:/places", "places", CONTENTS, places_show, 0, NULL, .about = "Where the device, or a thing it knows of, was" },
	{ "/exhibits/:/notes", "notes", CONTENTS, notes_show, 0, NULL, .about = "What could not be read, and why" },
	{ "/exhibits/:/search", "words", CONTENTS, words_show, 0, NULL, .about = "Words in one exhibit" },
	{ "/exhibits/:/records/*", "records", CONTENTS, records_show, 0, NULL, .about = "Records of one kind" },
	{ "/exhibits/:/records/*/:", "record", CONTENTS, record_show, 0, NULL, .about = "One record with its origin" },

	{ "/people", "people", RIGHT_PERSON_READ, people_show, 0, NULL, .about = "People by name or prison number" },
	{ "/people/new", "form", RIGHT_PERSON_READ | RIGHT_PERSON_WRITE, person_new_show, 0, person_new_act, .about = "Adds a person", .fields = person, .button = "Add" },
	{ "/people/:", "person", RIGHT_PERSON_READ, person_show, 0, NULL, .about = "A person" },
	{ "/people/:/edit", "form", RIGHT_PERSON_READ | RIGHT_PERSON_WRITE, person_edit_show, 0, person_edit_act, .about = "Changes a person", .fields = person, .button = "Save" },
	{ "/people/:/number", "form", RIGHT_PERSON_READ | RIGHT_PERSON_WRITE, person_number_show, 0, person_number_act, .about = "Adds a prison number", .fields = number, .button = "Add" },
	{ "/people/:/merge", "form", RIGHT_PERSON_READ | RIGHT_PERSON_WRITE, person_merge_show, 0, person_merge_act, .about = "Merges another record into this", .fields = number, .button = "Merge" },

	{ "/cases", "cases", RIGHT_CASE_READ, cases_show, 0, NULL, .about = "Cases that the officer may see" },
	{ "/cases/new", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_new_show, 0, case_new_act, .about = "Opens a case", .fields = casefile, .button = "Open" },
	{ "/cases/:", "case", RIGHT_CASE_READ, case_show, 0, NULL, .about = "A case with its story" },
	{ "/cases/:/edit", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_edit_show, 0, case_edit_act, .about = "Changes a case", .fields = casefile, .button = "Save" },
	{ "/cases/:/note", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_note_show, 0, case_note_act, .about = "Adds a note", .fields = case_note, .button = "Add" },
	{ "/cases/:/person", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_person_show, 0, case_person_act, .about = "Adds a person", .fields = case_person, .button = "Add" },
	{ "/cases/:/exhibit", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_exhibit_show, 0, case_exhibit_act, .about = "Adds an exhibit", .fields = case_exhibit, .button = "Add" },
	{ "/cases/:/officer", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_officer_show, 0, case_officer_act, .about = "Names an officer", .fields = case_officer, .button = "Name" },
	{ "/cases/:/task", "form", RIGHT_CASE_READ | RIGHT_CASE_WRITE, case_task_show, 0, case_task_act, .about = "Adds a task", .fields = case_task, .button = "Add" },
	{ "/cases/:/close", NULL, RIGHT_CASE_READ | RIGHT_CASE_WRITE, NULL, 0, case_close_act, .about = "Closes a case" },
	{ "/cases/:/reopen", NULL, RIGHT_CASE_READ | RIGHT_CASE_WRITE, NULL, 0, case_reopen_act, .about = "Opens a closed case again" },

	{ "/search/picture", "pictures", RIGHT_SEARCH, picture_search_show, 0, picture_search_act, PAGE_NO_TRANSACTION, PICTURE_MOST, picture_search_body, "Pictures and videos of all exhibits that look like one that is sent", picture, "Search" },
	{ "/search", "search", RIGHT_SEARCH, search_show, 0, NULL, .about = "An identifier or words across all exhibits and registers" },
	{ "/custody", "custody", RIGHT_LOG_READ, custody_show, 0, NULL, .about = "The custody log, newest first, with its root" },
	{ "/custody/exhibits/:", "custody", RIGHT_LOG_READ, custody_exhibit_show, 0, NULL, .about = "What the log says of one exhibit" },
	{ "/custody/checkpoint", NULL, RIGHT_LOG_READ, custody_checkpoint_show, 0, NULL, PAGE_BYTES, .about = "The log's signed checkpoint" },
	{ "/custody/key", NULL, RIGHT_LOG_READ, custody_key_show, 0, NULL, PAGE_BYTES, .about = "The public key that checkpoints are verified with" },
	{ "/custody/entries/:/proof", NULL, RIGHT_LOG_READ, custody_proof_show, 0, NULL, PAGE_BYTES, .about = "A file that proves one entry (custos-verify proof)" },

	{ "/admin", "officers", RIGHT_ADMIN, officers_show, 0, NULL, .about = "Officers" },
	{ "/admin/officers/new", "form", RIGHT_ADMIN, officer_new_show, 0, officer_new_act, .about = "Adds an officer; gives the one-time link", .fields = officer_new, .button = "Add" },
	{ "/admin/officers/:", "form", RIGHT_ADMIN, officer_show, 0, officer_act, .about = "Changes an officer", .fields = officer, .button = "Save" },
	{ "/admin/officers/:/link", "link", RIGHT_ADMIN, NULL, 0, officer_link_act, .about = "A new one-time link" },
	{ "/admin/places", "form", RIGHT_ADMIN, places_import_show, 0, places_import_act, .body_most = 1 << 20, .about = "Imports the register of establishments", .fields = places, .button = "Import" },
};
const int page_count = sizeof pages / sizeof pages[0];
