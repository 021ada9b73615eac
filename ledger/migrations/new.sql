CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE archived (
	archive_id VARCHAR(64) NOT NULL, 
	arrival DATETIME, 
	size BIGINT NOT NULL, 
	same_as VARCHAR(64), 
	attempts INTEGER NOT NULL, 
	wants_reading BOOLEAN NOT NULL, 
	added_at DATETIME NOT NULL, 
	CONSTRAINT pk_archived PRIMARY KEY (archive_id), 
	CONSTRAINT fk_archived_same_as_archived FOREIGN KEY(same_as) REFERENCES archived (archive_id)
);

CREATE INDEX ix_archived_wants_reading_arrival ON archived (wants_reading, arrival);

CREATE TABLE sightings (
	id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	uid_validity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	gmail_id TEXT NOT NULL, 
	junk BOOLEAN NOT NULL, 
	archive_id VARCHAR(64) NOT NULL, 
	arrival DATETIME, 
	size BIGINT NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sightings PRIMARY KEY (id), 
	CONSTRAINT fk_sightings_archive_id_archived FOREIGN KEY(archive_id) REFERENCES archived (archive_id), 
	CONSTRAINT uq_sightings_account_folder_uid_validity_uid_archive_id UNIQUE (account, folder, uid_validity, uid, archive_id)
);

CREATE INDEX ix_sightings_archive_id ON sightings (archive_id);

CREATE INDEX ix_sightings_gmail_id ON sightings (gmail_id);

CREATE TABLE folder_marks (
	account TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	uid_validity BIGINT NOT NULL, 
	last_uid BIGINT NOT NULL, 
	CONSTRAINT pk_folder_marks PRIMARY KEY (account, folder)
);

CREATE TABLE messages (
	archive_id VARCHAR(64) NOT NULL, 
	message_id TEXT NOT NULL, 
	from_address TEXT NOT NULL, 
	from_name TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	arrival DATETIME NOT NULL, 
	date_claimed DATETIME, 
	size BIGINT NOT NULL, 
	message_class VARCHAR(32) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	reasons TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	outcome_sha256 VARCHAR(64) NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_messages PRIMARY KEY (archive_id), 
	CONSTRAINT fk_messages_archive_id_archived FOREIGN KEY(archive_id) REFERENCES archived (archive_id)
);

CREATE INDEX ix_messages_arrival ON messages (arrival);

CREATE INDEX ix_messages_state ON messages (state);

CREATE TABLE attachments (
	archive_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	path TEXT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	size BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_attachments PRIMARY KEY (archive_id, position), 
	CONSTRAINT fk_attachments_archive_id_messages FOREIGN KEY(archive_id) REFERENCES messages (archive_id)
);

CREATE INDEX ix_attachments_sha256 ON attachments (sha256);

CREATE TABLE findings (
	archive_id VARCHAR(64) NOT NULL, 
	submission INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	grade VARCHAR(16) NOT NULL, 
	place TEXT NOT NULL, 
	parameters TEXT NOT NULL, 
	CONSTRAINT pk_findings PRIMARY KEY (archive_id, submission, position), 
	CONSTRAINT fk_findings_archive_id_messages FOREIGN KEY(archive_id) REFERENCES messages (archive_id)
);

CREATE TABLE review_items (
	archive_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	question TEXT NOT NULL, 
	parameters TEXT NOT NULL, 
	proposal TEXT NOT NULL, 
	unit TEXT, 
	report TEXT, 
	period TEXT, 
	indicator TEXT NOT NULL, 
	sex TEXT NOT NULL, 
	CONSTRAINT pk_review_items PRIMARY KEY (archive_id, position), 
	CONSTRAINT fk_review_items_archive_id_messages FOREIGN KEY(archive_id) REFERENCES messages (archive_id)
);

CREATE TABLE submissions (
	archive_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	unit TEXT NOT NULL, 
	report TEXT NOT NULL, 
	period TEXT NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	accepted BOOLEAN NOT NULL, 
	fingerprint TEXT NOT NULL, 
	files TEXT NOT NULL, document TEXT, 
	CONSTRAINT pk_submissions PRIMARY KEY (archive_id, position), 
	CONSTRAINT fk_submissions_archive_id_messages FOREIGN KEY(archive_id) REFERENCES messages (archive_id)
);

CREATE INDEX ix_submissions_report_period_unit ON submissions (report, period, unit);

CREATE INDEX ix_submissions_fingerprint ON submissions (fingerprint);

CREATE TABLE "values" (
	archive_id VARCHAR(64) NOT NULL, 
	submission INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	indicator TEXT NOT NULL, 
	sex VARCHAR(16) NOT NULL, 
	value TEXT, 
	unit_of_measure TEXT NOT NULL, 
	place_file TEXT NOT NULL, 
	place_where TEXT NOT NULL, 
	place_text TEXT NOT NULL, 
	method VARCHAR(16) NOT NULL, 
	certainty VARCHAR(16) NOT NULL, 
	qualifier TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_values PRIMARY KEY (archive_id, submission, position), 
	CONSTRAINT fk_values_archive_id_submission_submissions FOREIGN KEY(archive_id, submission) REFERENCES submissions (archive_id, position)
);

CREATE TABLE sections (
	archive_id VARCHAR(64) NOT NULL, 
	submission INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	section TEXT NOT NULL, 
	text TEXT NOT NULL, 
	place_file TEXT NOT NULL, 
	place_where TEXT NOT NULL, 
	place_text TEXT NOT NULL, 
	CONSTRAINT pk_sections PRIMARY KEY (archive_id, submission, position), 
	CONSTRAINT fk_sections_archive_id_submission_submissions FOREIGN KEY(archive_id, submission) REFERENCES submissions (archive_id, position)
);

CREATE TABLE decisions (
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	target TEXT NOT NULL, 
	choice TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_decisions PRIMARY KEY (number)
);

CREATE TABLE obligations (
	unit TEXT NOT NULL, 
	report TEXT NOT NULL, 
	period TEXT NOT NULL, 
	opens DATETIME NOT NULL, 
	due DATETIME, 
	exempt TEXT NOT NULL, 
	CONSTRAINT pk_obligations PRIMARY KEY (unit, report, period)
);

CREATE INDEX ix_obligations_report_period ON obligations (report, period);

CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	step TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	report TEXT NOT NULL, 
	period TEXT NOT NULL, 
	keys TEXT NOT NULL, 
	"to" TEXT NOT NULL, 
	cc TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	text TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	queued_at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	sent_at DATETIME, 
	server_reply TEXT NOT NULL, about TEXT DEFAULT '' NOT NULL, answers TEXT DEFAULT '' NOT NULL, thread TEXT DEFAULT '[]' NOT NULL, files TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT uq_outbox_unit_step_report_period_kind UNIQUE (unit, step, report, period, kind), 
	CONSTRAINT uq_outbox_message_id UNIQUE (message_id)
);

CREATE INDEX ix_outbox_state ON outbox (state);

CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	outgoing_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	reply TEXT NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_deliveries_outgoing_id_outbox FOREIGN KEY(outgoing_id) REFERENCES outbox (id)
);

CREATE INDEX ix_deliveries_outgoing_id ON deliveries (outgoing_id);

CREATE TABLE issues (
	report TEXT NOT NULL, 
	period TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	as_of DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	inputs_sha256 VARCHAR(64) NOT NULL, 
	content TEXT NOT NULL, 
	changes TEXT NOT NULL, 
	files TEXT NOT NULL, 
	CONSTRAINT pk_issues PRIMARY KEY (report, period, number)
);

CREATE TABLE history (
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	event TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	previous_sha256 VARCHAR(64) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_history PRIMARY KEY (number)
);

CREATE INDEX ix_history_subject ON history (subject);

CREATE TRIGGER history_refuses_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is only ever added to'); END;

CREATE TRIGGER history_refuses_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is only ever added to'); END;

CREATE TRIGGER decisions_refuses_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is only ever added to'); END;

CREATE TRIGGER decisions_refuses_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is only ever added to'); END;

CREATE TRIGGER issues_refuses_update BEFORE UPDATE ON issues BEGIN SELECT RAISE(ABORT, 'issues is only ever added to'); END;

CREATE TRIGGER issues_refuses_delete BEFORE DELETE ON issues BEGIN SELECT RAISE(ABORT, 'issues is only ever added to'); END;

CREATE TABLE settled (
	report TEXT NOT NULL, 
	period TEXT NOT NULL, 
	part TEXT NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_settled PRIMARY KEY (report, period, part)
);

INSERT INTO alembic_version VALUES ('0005');
