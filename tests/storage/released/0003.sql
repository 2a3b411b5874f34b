BEGIN TRANSACTION;
CREATE TABLE accounts (
	chat_id BIGINT NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	reach VARCHAR(20) NOT NULL, 
	reach_since DATETIME NOT NULL, 
	expecting VARCHAR(120), 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (chat_id)
);
INSERT INTO "accounts" VALUES(201,'en','ok','2026-03-02 20:00:00.000000',NULL,'2026-03-02 20:00:00.000000');
INSERT INTO "accounts" VALUES(202,'en','blocked','2026-03-02 20:00:00.000000',NULL,'2026-03-02 20:00:00.000000');
INSERT INTO "accounts" VALUES(101,'en','ok','2026-03-02 20:00:00.000000','note:2026-03-02','2026-03-02 20:00:00.000000');
INSERT INTO "accounts" VALUES(102,'es','ok','2026-03-02 20:00:00.000000',NULL,'2026-03-02 20:00:00.000000');
INSERT INTO "accounts" VALUES(103,'en','gone','2026-03-02 20:00:00.000000',NULL,'2026-03-02 20:00:00.000000');
CREATE TABLE admins (
	chat_id BIGINT NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_admins PRIMARY KEY (chat_id), 
	CONSTRAINT fk_admins_chat_id FOREIGN KEY(chat_id) REFERENCES accounts (chat_id) ON DELETE CASCADE
);
INSERT INTO "admins" VALUES(201,'2026-03-02 20:00:00.000000');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE bubbles (
	id INTEGER NOT NULL, 
	chat_id BIGINT NOT NULL, 
	patient_id INTEGER, 
	day DATE, 
	message_id BIGINT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_bubbles PRIMARY KEY (id), 
	CONSTRAINT fk_bubbles_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "bubbles" VALUES(1,101,1,'2026-03-02',41,'2026-03-02 20:00:00.000000');
CREATE TABLE consents (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	therapist_id INTEGER, 
	given BOOLEAN NOT NULL, 
	wording VARCHAR(20) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	said_at DATETIME NOT NULL, 
	CONSTRAINT pk_consents PRIMARY KEY (id), 
	CONSTRAINT fk_consents_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE, 
	CONSTRAINT fk_consents_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapists (id)
);
INSERT INTO "consents" VALUES(1,1,NULL,1,'2026-03','en','2026-03-02 20:00:00.000000');
INSERT INTO "consents" VALUES(2,1,1,1,'2026-03','en','2026-03-02 20:00:00.000000');
INSERT INTO "consents" VALUES(3,2,NULL,1,'2026-03','en','2026-03-02 20:00:00.000000');
INSERT INTO "consents" VALUES(4,2,1,1,'2026-03','en','2026-03-02 20:00:00.000000');
CREATE TABLE diary_days (
	patient_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	closes_at DATETIME NOT NULL, 
	intended_at DATETIME, 
	asked_at DATETIME, 
	sent_at DATETIME, 
	answered_at DATETIME, 
	declined_at DATETIME, 
	not_asked VARCHAR(20), 
	paused BOOLEAN DEFAULT 0 NOT NULL, 
	bubble_id INTEGER, snoozed_at DATETIME, reminded_at DATETIME, 
	CONSTRAINT pk_diary_days PRIMARY KEY (patient_id, day), 
	CONSTRAINT fk_diary_days_bubble_id FOREIGN KEY(bubble_id) REFERENCES bubbles (id) ON DELETE SET NULL, 
	CONSTRAINT fk_diary_days_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "diary_days" VALUES(1,'2026-03-02','Europe/Lisbon','2026-03-03 12:00:00.000000','2026-03-02 20:00:00.000000','2026-03-02 20:00:00.000000','2026-03-02 20:00:00.000000','2026-03-02 20:01:00.000000',NULL,NULL,0,1,NULL,NULL);
INSERT INTO "diary_days" VALUES(2,'2026-03-02','America/Chicago','2026-03-03 18:00:00.000000','2026-03-02 20:00:00.000000',NULL,NULL,NULL,NULL,'bot',0,NULL,NULL,NULL);
CREATE TABLE digests (
	chat_id BIGINT NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	week DATE NOT NULL, 
	planned_at DATETIME NOT NULL, 
	outbox_id INTEGER, 
	named_at DATETIME, first_outbox_id INTEGER, 
	CONSTRAINT pk_digests PRIMARY KEY (chat_id, role, week), 
	CONSTRAINT fk_digests_outbox_id FOREIGN KEY(outbox_id) REFERENCES outbox (id) ON DELETE SET NULL
);
INSERT INTO "digests" VALUES(201,'therapist','2026-02-23','2026-03-02 20:01:00.000000',2,NULL,2);
CREATE TABLE flares (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	item_id INTEGER NOT NULL, 
	score INTEGER NOT NULL, 
	began_at DATETIME NOT NULL, 
	since VARCHAR(20) NOT NULL, 
	noted_at DATETIME NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT pk_flares PRIMARY KEY (id), 
	CONSTRAINT fk_flares_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE, 
	CONSTRAINT ck_flares_in_range CHECK (score between 0 and 10), 
	CONSTRAINT fk_flares_item_id FOREIGN KEY(item_id) REFERENCES items (id)
);
INSERT INTO "flares" VALUES(1,1,'2026-03-02',1,8,'2026-03-02 14:00:00.000000','hour','2026-03-02 20:02:00.000000',NULL);
CREATE TABLE inbox (
	seq INTEGER NOT NULL, 
	update_id BIGINT NOT NULL, 
	received_at DATETIME NOT NULL, 
	waited_since DATETIME, 
	body TEXT, 
	state VARCHAR(20) NOT NULL, 
	tries INTEGER DEFAULT 0 NOT NULL, 
	reason VARCHAR(200), 
	done_at DATETIME, 
	CONSTRAINT pk_inbox PRIMARY KEY (seq), 
	CONSTRAINT uq_inbox_update_id UNIQUE (update_id)
);
INSERT INTO "inbox" VALUES(1,1001,'2026-03-02 20:00:00.000000',NULL,NULL,'done',0,NULL,'2026-03-02 20:00:00.000000');
INSERT INTO "inbox" VALUES(2,1002,'2026-03-02 20:01:00.000000','2026-03-02 20:00:00.000000','{"update_id": 1002}','waiting',1,NULL,NULL);
INSERT INTO "inbox" VALUES(3,1003,'2026-03-02 20:01:00.000000',NULL,'{"update_id": 1003}','parked',3,'ValueError',NULL);
CREATE TABLE invites (
	id INTEGER NOT NULL, 
	code_hash BLOB NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	therapist_id INTEGER, 
	label VARCHAR(80), 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by BIGINT, 
	CONSTRAINT pk_invites PRIMARY KEY (id), 
	CONSTRAINT fk_invites_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapists (id) ON DELETE CASCADE, 
	CONSTRAINT uq_invites_code_hash UNIQUE (code_hash)
);
INSERT INTO "invites" VALUES(1,X'0101010101010101010101010101010101010101010101010101010101010101','patient',1,'Ada','2026-03-02 20:00:00.000000','2026-03-09 20:00:00.000000','2026-03-02 20:00:00.000000',101);
INSERT INTO "invites" VALUES(2,X'0202020202020202020202020202020202020202020202020202020202020202','patient',1,'Ben','2026-03-02 20:00:00.000000','2026-03-09 20:00:00.000000','2026-03-02 20:00:00.000000',102);
INSERT INTO "invites" VALUES(3,X'0303030303030303030303030303030303030303030303030303030303030303','patient',2,'Cleo','2026-03-02 20:00:00.000000','2026-03-09 20:00:00.000000','2026-03-02 20:00:00.000000',103);
CREATE TABLE items (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	symptom VARCHAR(20) NOT NULL, 
	site VARCHAR(40), 
	side VARCHAR(20), 
	position INTEGER NOT NULL, 
	added_day DATE NOT NULL, 
	ended_day DATE, rests VARCHAR, 
	CONSTRAINT pk_items PRIMARY KEY (id), 
	CONSTRAINT fk_items_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "items" VALUES(1,1,'burning',NULL,NULL,0,'2026-03-02',NULL,NULL);
INSERT INTO "items" VALUES(2,1,'tingling',NULL,NULL,1,'2026-03-02',NULL,NULL);
INSERT INTO "items" VALUES(3,1,'pain',NULL,NULL,2,'2026-03-02',NULL,NULL);
INSERT INTO "items" VALUES(4,2,'burning',NULL,NULL,0,'2026-03-02',NULL,NULL);
INSERT INTO "items" VALUES(5,2,'tingling',NULL,NULL,1,'2026-03-02',NULL,NULL);
INSERT INTO "items" VALUES(6,2,'pain',NULL,NULL,2,'2026-03-02',NULL,NULL);
INSERT INTO "items" VALUES(7,1,'numbness','knee','left',3,'2026-03-02','2026-03-05',NULL);
CREATE TABLE notes (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	text TEXT NOT NULL, 
	written_at DATETIME NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT pk_notes PRIMARY KEY (id), 
	CONSTRAINT fk_notes_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "notes" VALUES(1,1,'2026-03-02','Walked to the river.','2026-03-02 20:01:00.000000',NULL);
CREATE TABLE notices (
	chat_id BIGINT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	day DATE NOT NULL, 
	told_at DATETIME NOT NULL, 
	CONSTRAINT pk_notices PRIMARY KEY (chat_id, kind, day)
);
INSERT INTO "notices" VALUES(201,'parked','2026-03-02','2026-03-02 20:00:00.000000');
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	chat_id BIGINT NOT NULL, 
	patient_id INTEGER, 
	action VARCHAR(20) NOT NULL, 
	urgency INTEGER NOT NULL, 
	once BOOLEAN NOT NULL, 
	body JSON, 
	bubble_id INTEGER, 
	message_id BIGINT, 
	day DATE, 
	state VARCHAR(20) NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	settled_at DATETIME, 
	tries INTEGER DEFAULT 0 NOT NULL, 
	error VARCHAR(120), replaces INTEGER, album VARCHAR(64), 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT fk_outbox_bubble_id FOREIGN KEY(bubble_id) REFERENCES bubbles (id) ON DELETE SET NULL, 
	CONSTRAINT fk_outbox_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE, 
	CONSTRAINT one_prompt_per_day UNIQUE (patient_id, day)
);
INSERT INTO "outbox" VALUES(1,101,1,'send',4,0,NULL,1,NULL,'2026-03-02','delivered','2026-03-02 20:00:00.000000',NULL,'2026-03-02 20:00:00.000000',1,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES(2,201,NULL,'send',5,1,'{"text": "The week"}',NULL,NULL,NULL,'waiting','2026-03-02 20:01:00.000000',NULL,NULL,0,NULL,NULL,NULL);
CREATE TABLE patients (
	id INTEGER NOT NULL, 
	chat_id BIGINT NOT NULL, 
	stage VARCHAR(20) NOT NULL, 
	invite_id INTEGER, 
	zone VARCHAR(64) NOT NULL, 
	prompt_time TIME NOT NULL, 
	next_prompt_at DATETIME, 
	next_prompt_day DATE, 
	next_digest_at DATETIME, 
	enrolled_at DATETIME, 
	enrolled_day DATE, weekend_time TIME, quiet_from TIME DEFAULT '22:00:00.000000' NOT NULL, quiet_to TIME DEFAULT '08:00:00.000000' NOT NULL, reminder_minutes INTEGER DEFAULT 90 NOT NULL, large_buttons BOOLEAN DEFAULT 0 NOT NULL, home_zone VARCHAR(64), local_zone VARCHAR(64), followup VARCHAR(20), next_followup_at DATETIME, next_followup_day DATE, forget_at DATETIME, stage_before VARCHAR(20), tag VARCHAR(32), 
	CONSTRAINT pk_patients PRIMARY KEY (id), 
	CONSTRAINT fk_patients_chat_id FOREIGN KEY(chat_id) REFERENCES accounts (chat_id) ON DELETE CASCADE, 
	CONSTRAINT fk_patients_invite_id FOREIGN KEY(invite_id) REFERENCES invites (id), 
	CONSTRAINT uq_patients_chat_id UNIQUE (chat_id)
);
INSERT INTO "patients" VALUES(1,101,'active',1,'Europe/Lisbon','20:00:00.000000','2026-03-03 20:00:00.000000','2026-03-03','2026-03-09 07:30:00.000000','2026-03-02 20:00:00.000000','2026-03-02',NULL,'22:00:00.000000','08:00:00.000000',90,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'01010101010101010101010101010101');
INSERT INTO "patients" VALUES(2,102,'left',2,'America/Chicago','21:30:00.000000',NULL,NULL,NULL,'2026-03-02 20:00:00.000000','2026-03-02',NULL,'22:00:00.000000','08:00:00.000000',90,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'02020202020202020202020202020202');
INSERT INTO "patients" VALUES(3,103,'hour',3,'Asia/Kathmandu','20:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,'22:00:00.000000','08:00:00.000000',90,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'03030303030303030303030303030303');
CREATE TABLE pauses (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	first_day DATE NOT NULL, 
	until_day DATE, 
	reason VARCHAR(20), 
	begun_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_pauses PRIMARY KEY (id), 
	CONSTRAINT fk_pauses_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "pauses" VALUES(1,2,'2026-03-03',NULL,'holiday','2026-03-02 20:00:00.000000','2026-03-02 20:30:00.000000');
CREATE TABLE polls (
	id INTEGER NOT NULL, 
	answered_at DATETIME NOT NULL, 
	CONSTRAINT pk_polls PRIMARY KEY (id)
);
INSERT INTO "polls" VALUES(1,'2026-03-02 20:01:00.000000');
CREATE TABLE red_flags (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	shown_at DATETIME NOT NULL, 
	due_at DATETIME, 
	answer VARCHAR(20), 
	answered_at DATETIME, 
	told_at DATETIME, 
	CONSTRAINT pk_red_flags PRIMARY KEY (id), 
	CONSTRAINT fk_red_flags_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "red_flags" VALUES(1,1,'2026-03-02 20:03:00.000000',NULL,'no','2026-03-02 20:04:00.000000',NULL);
CREATE TABLE scores (
	patient_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	item_id INTEGER NOT NULL, 
	entered_at DATETIME NOT NULL, 
	value INTEGER, 
	waited_since DATETIME, 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_scores PRIMARY KEY (patient_id, day, item_id, entered_at), 
	CONSTRAINT ck_scores_in_range CHECK (value between 0 and 10), 
	CONSTRAINT fk_scores_item_id FOREIGN KEY(item_id) REFERENCES items (id), 
	CONSTRAINT fk_scores_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "scores" VALUES(1,'2026-03-02',1,'2026-03-02 20:01:00.000000',7,NULL,NULL);
INSERT INTO "scores" VALUES(1,'2026-03-02',1,'2026-03-02 20:02:00.000000',0,'2026-03-02 20:00:00.000000',NULL);
INSERT INTO "scores" VALUES(1,'2026-03-02',2,'2026-03-02 20:01:00.000000',NULL,NULL,NULL);
INSERT INTO "scores" VALUES(1,'2026-03-02',3,'2026-03-02 20:01:00.000000',4,NULL,'2026-03-02 20:03:00.000000');
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	therapist_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	site VARCHAR(40), 
	side VARCHAR(20), 
	logged_at DATETIME NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE, 
	CONSTRAINT fk_sessions_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapists (id)
);
INSERT INTO "sessions" VALUES(1,1,1,'2026-03-02','needling','foot','left','2026-03-02 20:01:00.000000',NULL);
CREATE TABLE shares (
	patient_id INTEGER NOT NULL, 
	therapist_id INTEGER NOT NULL, 
	label VARCHAR(80) NOT NULL, 
	since DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_shares PRIMARY KEY (patient_id, therapist_id), 
	CONSTRAINT fk_shares_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE, 
	CONSTRAINT fk_shares_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapists (id)
);
INSERT INTO "shares" VALUES(1,1,'Ada','2026-03-02 20:00:00.000000',NULL);
INSERT INTO "shares" VALUES(2,1,'Ben','2026-03-02 20:00:00.000000','2026-03-02 20:01:00.000000');
CREATE TABLE therapists (
	id INTEGER NOT NULL, 
	chat_id BIGINT NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	since DATETIME NOT NULL, 
	next_digest_at DATETIME, undelivered_at DATETIME, 
	CONSTRAINT pk_therapists PRIMARY KEY (id), 
	CONSTRAINT fk_therapists_chat_id FOREIGN KEY(chat_id) REFERENCES accounts (chat_id) ON DELETE CASCADE, 
	CONSTRAINT uq_therapists_chat_id UNIQUE (chat_id)
);
INSERT INTO "therapists" VALUES(1,201,'Dr Ito','Europe/Lisbon','2026-03-02 20:00:00.000000','2026-03-09 07:30:00.000000',NULL);
INSERT INTO "therapists" VALUES(2,202,'Dr Roy','Asia/Kathmandu','2026-03-02 20:00:00.000000',NULL,NULL);
CREATE TABLE used_ids (
	name VARCHAR(40) NOT NULL, 
	highest INTEGER NOT NULL, 
	CONSTRAINT pk_used_ids PRIMARY KEY (name)
);
INSERT INTO "used_ids" VALUES('patients',9);
CREATE TABLE written (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	message_id BIGINT NOT NULL, 
	entered_at DATETIME NOT NULL, 
	became VARCHAR(20) NOT NULL, 
	day DATE NOT NULL, 
	note_id INTEGER, 
	items JSON NOT NULL, 
	CONSTRAINT pk_written PRIMARY KEY (id), 
	CONSTRAINT fk_written_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE, 
	CONSTRAINT fk_written_note_id FOREIGN KEY(note_id) REFERENCES notes (id) ON DELETE CASCADE
);
INSERT INTO "written" VALUES(1,1,40,'2026-03-02 20:01:00.000000','note','2026-03-02',1,'[]');
CREATE TABLE zones (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_zones PRIMARY KEY (id), 
	CONSTRAINT fk_zones_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE CASCADE
);
INSERT INTO "zones" VALUES(1,1,'Europe/Lisbon','2026-03-02 20:00:00.000000');
INSERT INTO "zones" VALUES(2,2,'America/Chicago','2026-03-02 20:00:00.000000');
CREATE INDEX ix_inbox_waiting ON inbox (seq) WHERE state = 'waiting';
CREATE INDEX ix_therapists_next_digest_at ON therapists (next_digest_at);
CREATE INDEX ix_invites_therapist_id ON invites (therapist_id);
CREATE INDEX ix_patients_next_digest_at ON patients (next_digest_at);
CREATE INDEX ix_patients_next_prompt_at ON patients (next_prompt_at);
CREATE INDEX ix_bubbles_patient_id ON bubbles (patient_id);
CREATE INDEX ix_consents_patient_id ON consents (patient_id);
CREATE INDEX ix_items_patient_id ON items (patient_id);
CREATE INDEX ix_notes_patient_id_day ON notes (patient_id, day);
CREATE INDEX ix_sessions_patient_id ON sessions (patient_id);
CREATE INDEX ix_shares_therapist_id ON shares (therapist_id);
CREATE INDEX ix_outbox_waiting ON outbox (urgency, id) WHERE state = 'waiting';
CREATE INDEX ix_therapists_undelivered ON therapists (undelivered_at) WHERE undelivered_at is not null;
CREATE INDEX ix_inbox_parked ON inbox (seq) WHERE state = 'parked';
CREATE INDEX ix_inbox_done ON inbox (done_at) WHERE state = 'done';
CREATE INDEX ix_outbox_settled ON outbox (settled_at) WHERE state <> 'waiting';
CREATE INDEX ix_digests_outbox_id ON digests (outbox_id);
CREATE INDEX ix_patients_next_followup_at ON patients (next_followup_at) WHERE next_followup_at is not null;
CREATE INDEX ix_patients_forget_at ON patients (forget_at) WHERE forget_at is not null;
CREATE INDEX ix_zones_patient_id ON zones (patient_id);
CREATE INDEX ix_pauses_patient_id ON pauses (patient_id);
CREATE INDEX ix_flares_patient_id_day ON flares (patient_id, day);
CREATE INDEX ix_red_flags_patient_id ON red_flags (patient_id);
CREATE INDEX ix_red_flags_due_at ON red_flags (due_at) WHERE due_at is not null;
CREATE INDEX ix_written_patient_id_message_id ON written (patient_id, message_id);
CREATE INDEX ix_written_entered_at ON written (entered_at);
CREATE INDEX ix_outbox_album ON outbox (chat_id, album) WHERE album is not null;
COMMIT;
