-- The password of encrypted evidence, from when an officer gives it until its examination has ended: sealed under a key of its own that stands in DATA/passwords and goes with it, so that
-- what a free page, a log or a backup of the database still holds of the box can never be opened.
CREATE TABLE examination_password (
	examination {int} PRIMARY KEY REFERENCES examination (id),
	key_file {text} NOT NULL,
	nonce {blob} NOT NULL,
	box {blob} NOT NULL                     -- crypto_secretbox; always of one size
) {strict};

-- For want of which password it ended: missing, wrong. NULL: for no want of one.
ALTER TABLE examination ADD COLUMN password_state {text};
