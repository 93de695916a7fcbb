-- The casebook. Times are microseconds UTC; days of birth are ISO dates; states and kinds are words, declared in casebook/words.h.

CREATE TABLE setting (name {text} PRIMARY KEY, value {text} NOT NULL) {strict};

-- Prisons and other places, by the service's own three-letter code.
CREATE TABLE establishment (
	code {text} PRIMARY KEY,
	name {text} NOT NULL,
	active {int} NOT NULL,
	details {text} NOT NULL                 -- the register's other columns, JSON
) {strict};

-- Who works here. Nobody is deleted: a locked officer stays the author of what was done.
CREATE TABLE officer (
	id {id},
	name {text} NOT NULL UNIQUE,            -- signs in with it; folded to lower case
	display_name {text} NOT NULL,
	establishment {text} REFERENCES establishment (code),
	password {text},                        -- argon2id, as crypto_pwhash_str writes it; NULL until the first sign-in
	created_at {int} NOT NULL,
	locked_at {int},
	seen_at {int}
) {strict};

CREATE TABLE officer_role (
	officer {int} NOT NULL REFERENCES officer (id),
	role {text} NOT NULL,
	PRIMARY KEY (officer, role)
) {strict};

-- A one-time link: its token is known by hash only.
CREATE TABLE invitation (
	token {blob} PRIMARY KEY,               -- SHA-256
	officer {int} REFERENCES officer (id),  -- NULL: makes the administrator
	made_by {int} REFERENCES officer (id),
	expires_at {int} NOT NULL,
	used_at {int}
) {strict};

CREATE TABLE session (
	token {blob} PRIMARY KEY,               -- SHA-256 of the cookie
	officer {int} NOT NULL REFERENCES officer (id),
	csrf {blob} NOT NULL,
	address {text} NOT NULL,
	made_at {int} NOT NULL,
	seen_at {int} NOT NULL,
	expires_at {int} NOT NULL,
	purpose {text},                         -- second sign-in: what for, and until when
	purpose_until {int}
) {strict};
CREATE INDEX session_officer ON session (officer);

-- Failed sign-ins, for the growing delay: by name and by address.
CREATE TABLE sign_in_failure (
	who {text} PRIMARY KEY,
	failures {int} NOT NULL,
	last_at {int} NOT NULL
) {strict};

CREATE TABLE person (
	id {id},
	surname {text} NOT NULL,
	forenames {text} NOT NULL,
	born_on {text},
	establishment {text} REFERENCES establishment (code),
	location {text},                        -- wing and cell, as the register writes it
	merged_into {int} REFERENCES person (id),
	made_at {int} NOT NULL,
	made_by {int} REFERENCES officer (id)
) {strict};

-- A prison number belongs to one person; a person whose two numbers were merged has both.
CREATE TABLE person_number (
	number {text} PRIMARY KEY,              -- A1234BC
	person {int} NOT NULL REFERENCES person (id),
	given_at {int} NOT NULL
) {strict};
CREATE INDEX person_number_person ON person_number (person);

CREATE TABLE exhibit (
	id {id},
	reference {text} NOT NULL UNIQUE,       -- the exhibit's mark: initials/number, as the officer writes it
	kind {text} NOT NULL,
	description {text} NOT NULL,
	establishment {text} REFERENCES establishment (code),
	found_where {text} NOT NULL,
	found_at {int},
	found_by {text} NOT NULL,
	person {int} REFERENCES person (id),    -- found on or attributed to, if anybody said so
	state {text} NOT NULL,
	bag {text},
	seal {text},
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id)
) {strict};
CREATE INDEX exhibit_person ON exhibit (person);

-- Every hand-over and change of seal: the exhibit's life as a line.
CREATE TABLE hand_over (
	id {id},
	exhibit {int} NOT NULL REFERENCES exhibit (id),
	at {int} NOT NULL,                      -- when it happened, as the officer says
	from_whom {text} NOT NULL,
	to_whom {text} NOT NULL,
	place {text} NOT NULL,
	reason {text} NOT NULL,
	bag {text},
	seal {text},                            -- after the hand-over
	seal_intact {int},                      -- the seal before it: 1, 0 or not looked at
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id)
) {strict};
CREATE INDEX hand_over_exhibit ON hand_over (exhibit, at);

-- Evidence given to the server: an upload that may take days, or a folder that it may read.
CREATE TABLE evidence (
	id {id},
	exhibit {int} NOT NULL REFERENCES exhibit (id),
	name {text} NOT NULL,
	path {text} NOT NULL,                   -- below the data folder, or an absolute path that was pointed at
	size {int} NOT NULL,
	received {int} NOT NULL,                -- bytes that are on disk
	hashing {blob},                         -- SHA-256 of these, unfinished (libsodium's state, of this machine's byte order); NULL: none are there, or all
	sha256 {blob},                          -- as noted beforehand; of what came, once it is ready
	state {text} NOT NULL,
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id)
) {strict};
CREATE INDEX evidence_exhibit ON evidence (exhibit);

-- The queue. One row is one piece of work; a lease that ran out is taken up again.
CREATE TABLE job (
	id {id},
	kind {text} NOT NULL,
	subject {int} NOT NULL,                 -- of an examination: examination.id
	state {text} NOT NULL,                  -- waiting, running, done, failed, cancelled
	attempts {int} NOT NULL,                -- times it was begun
	fruitless {int} NOT NULL,               -- of them in a row without getting further than before
	not_before {int} NOT NULL,
	worker {text},                          -- the lease's token
	beats {int} NOT NULL,                   -- renewals of the lease; others watch whether it grows
	beat_at {int},                          -- the last one, for people
	done_share {int} NOT NULL,              -- progress in millionths
	best_share {int} NOT NULL,              -- the furthest that a turn before came
	message {text},
	made_at {int} NOT NULL,
	ended_at {int},
	UNIQUE (kind, subject)
) {strict};
CREATE INDEX job_waiting ON job (state, not_before);

CREATE TABLE examination (
	id {id},
	exhibit {int} NOT NULL REFERENCES exhibit (id),
	evidence {int} NOT NULL REFERENCES evidence (id),
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id),
	ended_at {int},
	message {text}
) {strict};
CREATE INDEX examination_exhibit ON examination (exhibit);

-- A sealed exhibit file that the casebook knows; its records stay in it.
CREATE TABLE exhibit_file (
	id {id},
	exhibit {int} NOT NULL REFERENCES exhibit (id),
	examination {int} UNIQUE REFERENCES examination (id),
	path {text} NOT NULL UNIQUE,            -- below the data folder
	size {int} NOT NULL,
	seal {blob} NOT NULL,                   -- the exhibit's root hash
	records {int} NOT NULL,
	referral {int} NOT NULL,                -- a list marked illegal matched: police referral is mandatory
	superseded {int} NOT NULL,              -- the same evidence was examined again: searches go to the newer file
	looks {int} NOT NULL,                   -- what its pictures look like is in DATA/media.near
	made_at {int} NOT NULL
) {strict};
CREATE INDEX exhibit_file_exhibit ON exhibit_file (exhibit);

-- Every number, handle, IMEI, e-mail address and media hash of every exhibit file that is not superseded.
CREATE TABLE selector (
	value {text} NOT NULL,
	kind {text} NOT NULL,
	service {text} NOT NULL,                -- of an id or handle that means something within one service alone; else ''
	exhibit_file {int} NOT NULL REFERENCES exhibit_file (id),
	records {int} NOT NULL,
	first_at {int},
	last_at {int},
	PRIMARY KEY (value, kind, service, exhibit_file)
) {keyed};
CREATE INDEX selector_file ON selector (exhibit_file);

CREATE TABLE casefile (
	id {id},
	reference {text} NOT NULL UNIQUE,
	title {text} NOT NULL,
	summary {text} NOT NULL,
	establishment {text} REFERENCES establishment (code),
	state {text} NOT NULL,                  -- open, closed
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id),
	closed_at {int}
) {strict};

CREATE TABLE case_person (
	casefile {int} NOT NULL REFERENCES casefile (id),
	person {int} NOT NULL REFERENCES person (id),
	part {text} NOT NULL,                   -- suspected, witness, at risk …
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id),
	PRIMARY KEY (casefile, person)
) {strict};
CREATE INDEX case_person_person ON case_person (person);

CREATE TABLE case_exhibit (
	casefile {int} NOT NULL REFERENCES casefile (id),
	exhibit {int} NOT NULL REFERENCES exhibit (id),
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id),
	PRIMARY KEY (casefile, exhibit)
) {strict};
CREATE INDEX case_exhibit_exhibit ON case_exhibit (exhibit);

-- Who may see a case beside those whose role sees all.
CREATE TABLE case_officer (
	casefile {int} NOT NULL REFERENCES casefile (id),
	officer {int} NOT NULL REFERENCES officer (id),
	PRIMARY KEY (casefile, officer)
) {strict};
CREATE INDEX case_officer_officer ON case_officer (officer);

CREATE TABLE case_note (
	id {id},
	casefile {int} NOT NULL REFERENCES casefile (id),
	at {int} NOT NULL,                      -- what the note is about happened then
	text {text} NOT NULL,
	exhibit_file {int} REFERENCES exhibit_file (id),
	record {int},                           -- a record of that exhibit file
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id)
) {strict};
CREATE INDEX case_note_case ON case_note (casefile, at);

CREATE TABLE case_attachment (
	id {id},
	casefile {int} NOT NULL REFERENCES casefile (id),
	name {text} NOT NULL,
	type {text} NOT NULL,
	size {int} NOT NULL,
	sha256 {blob} NOT NULL,
	path {text} NOT NULL,
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id)
) {strict};
CREATE INDEX case_attachment_case ON case_attachment (casefile);

CREATE TABLE task (
	id {id},
	casefile {int} REFERENCES casefile (id),
	exhibit {int} REFERENCES exhibit (id),
	title {text} NOT NULL,
	due_at {int},
	officer {int} REFERENCES officer (id),  -- whose it is; NULL: anybody's of the role
	role {text},
	done_at {int},
	done_by {int} REFERENCES officer (id),
	made_at {int} NOT NULL,
	made_by {int} NOT NULL REFERENCES officer (id)
) {strict};
CREATE INDEX task_open ON task (done_at, due_at);

-- The custody log (docs/formats/custody-log.md). Entries are never changed; what names a person stands in log_detail,
-- bound to its entry by a salted hash, and may be erased.
CREATE TABLE log_entry (
	number {int} PRIMARY KEY,               -- from 0, without gaps: the leaf's index
	bytes {blob} NOT NULL,
	officer {int} NOT NULL                  -- of the bytes, for the pages; 0: the system
) {strict};

CREATE TABLE log_detail (
	number {int} PRIMARY KEY REFERENCES log_entry (number),
	salt {blob} NOT NULL,
	details {text} NOT NULL
) {strict};

-- What an entry is about, for the pages: follows from the entries' bytes.
CREATE TABLE log_subject (
	kind {text} NOT NULL,
	subject {int} NOT NULL,
	number {int} NOT NULL REFERENCES log_entry (number),
	PRIMARY KEY (kind, subject, number)
) {strict};

-- Hashes of full subtrees: node `number` of `level` covers leaves number·2^level …
CREATE TABLE log_node (
	level {int} NOT NULL,
	number {int} NOT NULL,
	hash {blob} NOT NULL,
	PRIMARY KEY (level, number)
) {strict};

CREATE TABLE log_checkpoint (
	size {int} PRIMARY KEY,
	at {int} NOT NULL,
	note {text} NOT NULL                    -- signed; a witness's line is added
) {strict};

CREATE TABLE log_stamp (
	size {int} NOT NULL REFERENCES log_checkpoint (size),
	at {int} NOT NULL,
	authority {text} NOT NULL,
	token {blob} NOT NULL,                  -- RFC 3161 TimeStampToken, DER
	PRIMARY KEY (size, authority)
) {strict};
