#include "exhibit/kind.h"

#include <string.h>

#define TEXT COLUMN_TEXT
#define INT COLUMN_INT
#define REAL COLUMN_REAL
#define BOOL COLUMN_BOOL
#define TIME COLUMN_TIME
#define SEL COLUMN_SELECTOR
#define SELS COLUMN_SELECTORS
#define PATH COLUMN_PATH
#define FIND COLUMN_SEARCHED
#define WHEN COLUMN_WHEN
#define TITLE COLUMN_TITLE

const struct kind kinds[] = {
	{ "thread", "threads", "thread_record", "a conversation: one-to-one, group, channel or broadcast list", {
		{ "thread", SEL, 0, "thread", "the app's key of the conversation; message.thread names it" },
		{ "name", TEXT, FIND | TITLE, NULL, "as the app shows it" },
		{ "type", TEXT, 0, NULL, "one-to-one, group, channel, broadcast" },
		{ "participants", SELS, 0, NULL, "who takes part" },
		{ "created_at", TIME, WHEN, NULL, "when it was begun" },
		{ "archived", BOOL, 0, NULL, "put away by the user" },
		{ "muted", BOOL, 0, NULL, "silenced by the user" },
	} },
	{ "message", "messages", "message_record", "one message of any app: SMS, chat, direct message, e-mail", {
		{ "thread", SEL, 0, "thread", "the conversation's key" },
		{ "message_id", TEXT, 0, NULL, "the app's own id, which replies and reactions name" },
		{ "direction", TEXT, 0, NULL, "in, out, system" },
		{ "sender", SEL, 0, NULL, "who sent it" },
		{ "recipients", SELS, 0, NULL, "to whom" },
		{ "type", TEXT, 0, NULL, "text, image, video, audio, file, sticker, location, contact, call, poll, system" },
		{ "body", TEXT, FIND | TITLE, NULL, "the text, or the caption of an attachment" },
		{ "sent_at", TIME, WHEN, NULL, "when it was sent, by the sender's clock as the app keeps it" },
		{ "received_at", TIME, 0, NULL, "when this phone received it" },
		{ "read_at", TIME, 0, NULL, "when it was read" },
		{ "attachment", PATH, 0, NULL, "the attached file's path as the app stored it" },
		{ "attachment_type", TEXT, 0, NULL, "its MIME type as the app stored it" },
		{ "reply_to", TEXT, 0, NULL, "message_id of the message it answers" },
		{ "edited_at", TIME, 0, NULL, "when it was last edited" },
		{ "revoked_at", TIME, 0, NULL, "when it was taken back for everyone" },
		{ "forwarded", INT, 0, NULL, "how often it was forwarded before, at least" },
		{ "disappears_after", INT, 0, NULL, "seconds after which the app removes it" },
		{ "starred", BOOL, 0, NULL, "marked by the user" },
		{ "status", TEXT, 0, NULL, "draft, queued, sent, delivered, read, failed, deleted" },
		{ "latitude", REAL, 0, NULL, "a shared place, degrees" },
		{ "longitude", REAL, 0, NULL, "a shared place, degrees" },
	} },
	{ "reaction", "reactions", "reaction_record", "somebody's reaction to a message", {
		{ "thread", SEL, 0, "thread", "the conversation's key" },
		{ "message", TEXT, 0, NULL, "message_id of the message" },
		{ "actor", SEL, 0, NULL, "who reacted" },
		{ "value", TEXT, TITLE, NULL, "the emoji or word" },
		{ "at", TIME, WHEN, NULL, "when" },
	} },
	{ "call", "calls", "call_record", "a voice or video call, made, received or missed", {
		{ "direction", TEXT, 0, NULL, "in, out" },
		{ "peer", SEL, TITLE, NULL, "the other side; of a group call the group or its caller" },
		{ "participants", SELS, 0, NULL, "all others, in a group call" },
		{ "started_at", TIME, WHEN, NULL, "when it began to ring" },
		{ "duration", REAL, 0, NULL, "seconds talked" },
		{ "answered", BOOL, 0, NULL, "somebody took it" },
		{ "video", BOOL, 0, NULL, "with picture" },
		{ "outcome", TEXT, 0, NULL, "answered, missed, rejected, blocked, voicemail, cancelled, failed" },
		{ "thread", SEL, 0, "thread", "the conversation it belongs to" },
	} },
	{ "contact", "contacts", "contact_record", "an entry of an address book or an app's list of people", {
		{ "name", TEXT, FIND | TITLE, NULL, "as the user or the app wrote it" },
		{ "selectors", SELS, 0, NULL, "numbers, e-mail addresses, handles, user ids" },
		{ "organisation", TEXT, FIND, NULL, "firm or group" },
		{ "note", TEXT, FIND, NULL, "what else the entry says" },
		{ "blocked", BOOL, 0, NULL, "blocked by the user" },
		{ "starred", BOOL, 0, NULL, "a favourite" },
		{ "created_at", TIME, WHEN, NULL, "when the entry was made" },
		{ "last_contacted_at", TIME, 0, NULL, "last contact, by the app" },
		{ "photo", PATH, 0, NULL, "the picture's path" },
		{ "deleted", BOOL, 0, NULL, "taken out of the list by the user; the app keeps the entry still" },
	} },
	{ "account", "accounts", "account_record", "an account known to the device", {
		{ "service", TEXT, FIND, NULL, "which service or account type" },
		{ "user_id", SEL, 0, NULL, "the service's own number or id" },
		{ "handle", SEL, 0, "handle", "user name" },
		{ "display_name", TEXT, FIND | TITLE, NULL, "as shown" },
		{ "phone", SEL, 0, "phone", "its telephone number" },
		{ "email", SEL, 0, "email", "its e-mail address" },
		{ "signed_in", BOOL, 0, NULL, "signed in on this device" },
		{ "created_at", TIME, WHEN, NULL, "when it was added to the device" },
	} },
	{ "media", "media", "media_record", "a picture, video or recording, as an app's index or the file itself describes it", {
		{ "path", PATH, TITLE, NULL, "where it lies" },
		{ "type", TEXT, 0, NULL, "MIME type" },
		{ "title", TEXT, FIND, NULL, "name or caption" },
		{ "taken_at", TIME, WHEN, NULL, "when it was taken" },
		{ "added_at", TIME, 0, NULL, "when it came onto the device" },
		{ "size", INT, 0, NULL, "bytes" },
		{ "make", TEXT, 0, NULL, "camera maker" },
		{ "model", TEXT, 0, NULL, "camera model" },
		{ "latitude", REAL, 0, NULL, "degrees" },
		{ "longitude", REAL, 0, NULL, "degrees" },
		{ "width", INT, 0, NULL, "pixels" },
		{ "height", INT, 0, NULL, "pixels" },
		{ "duration", REAL, 0, NULL, "seconds" },
		{ "made_by", TEXT, 0, NULL, "package or program that made it" },
		{ "album", TEXT, FIND, NULL, "folder or album" },
		{ "hidden", BOOL, 0, NULL, "hidden by the user" },
		{ "trashed_at", TIME, 0, NULL, "when it was put in the bin" },
		{ "url", TEXT, FIND, NULL, "where it was fetched from" },
		{ "taken_local", TEXT, 0, NULL, "when it was taken by the camera's own clock, as the file says it, where its zone is not known" },
		{ "zone", TEXT, 0, NULL, "the camera's offset from UTC, +01:00" },
		{ "gps_at", TIME, 0, NULL, "the satellites' time stored with its place" },
		{ "altitude", REAL, 0, NULL, "metres" },
		{ "serial", TEXT, 0, NULL, "the camera's serial number" },
		{ "unique_id", TEXT, 0, NULL, "the picture's own id, as its maker wrote it" },
		{ "encoder", TEXT, 0, NULL, "what the coding itself tells of its writer: JPEG tables, the container's own words" },
		{ "platform", TEXT, FIND, NULL, "the app whose way of naming files the name follows" },
		{ "post_id", TEXT, 0, NULL, "the platform's id in the name" },
		{ "posted_at", TIME, 0, NULL, "the moment in the name, or in that id" },
		{ "detail", TEXT, FIND, NULL, "what else the file says of itself, as JSON" },
	} },
	{ "location", "locations", "location_record", "where the device, or a thing it knows of, was", {
		{ "at", TIME, WHEN, NULL, "when" },
		{ "latitude", REAL, 0, NULL, "degrees" },
		{ "longitude", REAL, 0, NULL, "degrees" },
		{ "altitude", REAL, 0, NULL, "metres" },
		{ "accuracy", REAL, 0, NULL, "metres, as the device estimated" },
		{ "source", TEXT, TITLE, NULL, "who says so: GPS, Wi-Fi, an app" },
	} },
	{ "visit", "visits", "visit_record", "a page of the web that was opened", {
		{ "url", TEXT, FIND, NULL, "address" },
		{ "title", TEXT, FIND | TITLE, NULL, "the page's title" },
		{ "at", TIME, WHEN, NULL, "when" },
		{ "count", INT, 0, NULL, "visits in all" },
		{ "referrer", TEXT, 0, NULL, "the page it came from" },
		{ "duration", REAL, 0, NULL, "seconds the page was open" },
	} },
	{ "search", "searches", "search_record", "words somebody searched for", {
		{ "term", TEXT, FIND | TITLE, NULL, "the words" },
		{ "engine", TEXT, 0, NULL, "where: a search engine, an app" },
		{ "at", TIME, WHEN, NULL, "when" },
		{ "url", TEXT, 0, NULL, "address of the result page" },
	} },
	{ "download", "downloads", "download_record", "a file that was fetched", {
		{ "url", TEXT, FIND, NULL, "from where" },
		{ "title", TEXT, FIND | TITLE, NULL, "its name" },
		{ "path", PATH, 0, NULL, "to where" },
		{ "at", TIME, WHEN, NULL, "when it began, or when it was last changed" },
		{ "ended_at", TIME, 0, NULL, "when it was complete" },
		{ "size", INT, 0, NULL, "bytes" },
		{ "type", TEXT, 0, NULL, "MIME type" },
		{ "referrer", TEXT, 0, NULL, "the page it came from" },
		{ "made_by", TEXT, 0, NULL, "package that asked for it" },
	} },
	{ "cookie", "cookies", "cookie_record", "what a site keeps in a browser", {
		{ "host", TEXT, FIND | TITLE, NULL, "the site" },
		{ "name", TEXT, 0, NULL, "name" },
		{ "value", TEXT, 0, NULL, "value, where it is not encrypted" },
		{ "path", TEXT, 0, NULL, "path on the site" },
		{ "created_at", TIME, WHEN, NULL, "when it was set" },
		{ "last_used_at", TIME, 0, NULL, "when it was last sent" },
		{ "expires_at", TIME, 0, NULL, "until when it is kept" },
		{ "secure", BOOL, 0, NULL, "sent over TLS only" },
		{ "http_only", BOOL, 0, NULL, "hidden from scripts" },
	} },
	{ "app", "apps", "app_record", "an installed or removed app", {
		{ "package", TEXT, FIND, NULL, "package name or bundle id" },
		{ "name", TEXT, FIND | TITLE, NULL, "as shown" },
		{ "version", TEXT, 0, NULL, "version" },
		{ "installed_at", TIME, WHEN, NULL, "when it was first installed" },
		{ "updated_at", TIME, 0, NULL, "when it was last updated" },
		{ "removed_at", TIME, 0, NULL, "when it was removed" },
		{ "installer", TEXT, 0, NULL, "what installed it" },
	} },
	{ "app_use", "app_uses", "app_use_record", "an app in use: on screen, typing, moving data", {
		{ "package", TEXT, FIND | TITLE, NULL, "package name or bundle id" },
		{ "activity", TEXT, 0, NULL, "what was counted: foreground, keyboard, network" },
		{ "started_at", TIME, WHEN, NULL, "when it began" },
		{ "ended_at", TIME, 0, NULL, "when it ended" },
		{ "duration", REAL, 0, NULL, "seconds" },
		{ "count", INT, 0, NULL, "how often" },
		{ "received_bytes", INT, 0, NULL, "bytes received" },
		{ "sent_bytes", INT, 0, NULL, "bytes sent" },
		{ "detail", TEXT, FIND, NULL, "screen or component" },
	} },
	{ "notification", "notifications", "notification_record", "what the device showed its user unasked", {
		{ "package", TEXT, 0, NULL, "who posted it" },
		{ "title", TEXT, FIND, NULL, "title" },
		{ "text", TEXT, FIND | TITLE, NULL, "text" },
		{ "posted_at", TIME, WHEN, NULL, "when" },
	} },
	{ "network", "networks", "network_record", "a Wi-Fi network the device knows", {
		{ "ssid", TEXT, FIND | TITLE, NULL, "its name" },
		{ "bssid", SEL, 0, "mac", "hardware address of its access point" },
		{ "added_at", TIME, 0, NULL, "when it was added to the known ones" },
		{ "first_joined_at", TIME, 0, NULL, "first joined" },
		{ "last_joined_at", TIME, WHEN, NULL, "last joined" },
		{ "security", TEXT, 0, NULL, "open, WEP, WPA, WPA2, WPA3" },
		{ "password", TEXT, 0, NULL, "where the device keeps it in clear" },
		{ "latitude", REAL, 0, NULL, "where it was joined, degrees" },
		{ "longitude", REAL, 0, NULL, "where it was joined, degrees" },
	} },
	{ "device_link", "device_links", "device_link_record", "another device this one met: Bluetooth, AirDrop", {
		{ "address", SEL, 0, "mac", "hardware address" },
		{ "name", TEXT, FIND | TITLE, NULL, "its name" },
		{ "type", TEXT, 0, NULL, "Bluetooth, AirDrop, watch, car" },
		{ "paired_at", TIME, WHEN, NULL, "when they were paired" },
		{ "last_seen_at", TIME, 0, NULL, "last met" },
	} },
	{ "sim", "sims", "sim_record", "a SIM card that was in the device", {
		{ "iccid", SEL, 0, "iccid", "the card's number" },
		{ "imsi", SEL, 0, "imsi", "the subscriber's number in the network" },
		{ "msisdn", SEL, 0, "phone", "the telephone number" },
		{ "carrier", TEXT, FIND | TITLE, NULL, "network operator" },
		{ "first_seen_at", TIME, WHEN, NULL, "when it was first seen in the device" },
		{ "last_seen_at", TIME, 0, NULL, "when it was last seen in the device" },
		{ "slot", INT, 0, NULL, "slot, from 0" },
	} },
	{ "device", "device", "device_record", "a fact about the device itself", {
		{ "property", TEXT, 0, NULL, "imei, serial, model, os_version, phone_number, name, time_zone, …" },
		{ "value", TEXT, FIND | TITLE, NULL, "its value" },
		{ "identifier", SEL, 0, NULL, "the same value where it is a selector" },
		{ "at", TIME, WHEN, NULL, "when it was so, where the device says" },
	} },
	{ "social", "social", "social_record", "an act on a platform: post, story, comment, like, follow, view, share, live", {
		{ "act", TEXT, 0, NULL, "post, story, comment, like, follow, view, share, live" },
		{ "actor", SEL, 0, NULL, "who did it" },
		{ "target", SEL, 0, NULL, "to whom or on whose" },
		{ "url", TEXT, FIND, NULL, "address of the post" },
		{ "text", TEXT, FIND | TITLE, NULL, "what it says" },
		{ "at", TIME, WHEN, NULL, "when" },
		{ "post_id", TEXT, 0, NULL, "the platform's id of the post" },
		{ "attachment", PATH, 0, NULL, "picture or video, as the app stored its path" },
	} },
	{ "event", "events", "event_record", "a calendar entry", {
		{ "title", TEXT, FIND | TITLE, NULL, "title" },
		{ "text", TEXT, FIND, NULL, "description" },
		{ "started_at", TIME, WHEN, NULL, "begin" },
		{ "ended_at", TIME, 0, NULL, "end" },
		{ "place", TEXT, FIND, NULL, "where" },
		{ "participants", SELS, 0, NULL, "who is invited" },
	} },
	{ "note", "notes", "note_record", "a note the user wrote", {
		{ "title", TEXT, FIND | TITLE, NULL, "title or first line" },
		{ "text", TEXT, FIND, NULL, "text" },
		{ "created_at", TIME, WHEN, NULL, "when it was made" },
		{ "modified_at", TIME, 0, NULL, "when it was last changed" },
		{ "folder", TEXT, 0, NULL, "folder" },
		{ "trashed", BOOL, 0, NULL, "in the bin" },
	} },
	{ "file", "artifact_files", "file_record", "anything an artifact found worth a line that has no better kind", {
		{ "path", PATH, 0, NULL, "the file it is about" },
		{ "about", TEXT, FIND | TITLE, NULL, "what it is" },
		{ "url", TEXT, FIND, NULL, "an address it was fetched from" },
		{ "at", TIME, WHEN, NULL, "when" },
		{ "size", INT, 0, NULL, "bytes" },
		{ "type", TEXT, 0, NULL, "MIME type" },
	} },
};

const int kind_count = sizeof kinds / sizeof kinds[0];

_Static_assert(sizeof kinds / sizeof kinds[0] <= KIND_TABLES_MOST, "more kinds than KIND_TABLES_MOST");

const struct kind *kind_find(const char *name)
{
	for (int i = 0; i < kind_count; i++)
		if (strcmp(kinds[i].name, name) == 0 || strcmp(kinds[i].plural, name) == 0)
			return &kinds[i];
	return NULL;
}

int kind_columns(const struct kind *k)
{
	int n = 0;
	while (n < KIND_COLUMNS_MOST && k->columns[n].name)
		n++;
	return n;
}

int kind_column(const struct kind *k, const char *name)
{
	for (int i = 0; i < KIND_COLUMNS_MOST && k->columns[i].name; i++)
		if (strcmp(k->columns[i].name, name) == 0)
			return i;
	return -1;
}

const char *kind_table(const struct kind *k) { return k->table; }

static int kind_flagged(const struct kind *k, unsigned flag)
{
	for (int i = 0; i < KIND_COLUMNS_MOST && k->columns[i].name; i++)
		if (k->columns[i].flags & flag)
			return i;
	return -1;
}

int kind_when(const struct kind *k) { return kind_flagged(k, COLUMN_WHEN); }

bool kind_searched(const struct kind *k) { return kind_flagged(k, COLUMN_SEARCHED) >= 0; }
