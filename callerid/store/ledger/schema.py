"""The ledger's tables, as the migrations that made them: owned data, migrated forward only. Times are epoch seconds, UTC.

A migration that has been released is never changed, a new one goes to the end, and `VERSION` in `database` counts them. Importing
this module imports sqlite-utils, which a ring must not wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

LEDGER = Migrations("ledger")


@LEDGER()
def calls_followups_outbox_and_rings(db: Database) -> None:
    """Create the first tables."""
    db.executescript("""
        CREATE TABLE calls (
            key TEXT PRIMARY KEY, start INTEGER NOT NULL, number TEXT NOT NULL, type TEXT NOT NULL, duration INTEGER NOT NULL,
            sim TEXT, ordinal INTEGER NOT NULL, name TEXT NOT NULL, line TEXT NOT NULL, first_seen INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX calls_by_start ON calls (start);
        CREATE INDEX calls_by_line ON calls (line, start);
        CREATE TABLE followups (
            call_key TEXT PRIMARY KEY REFERENCES calls (key), state TEXT NOT NULL,
            reason TEXT NOT NULL DEFAULT '', not_before INTEGER, notified_at INTEGER, notification_id TEXT NOT NULL DEFAULT '',
            notification_out INTEGER NOT NULL DEFAULT 0, token TEXT NOT NULL DEFAULT '', asked INTEGER NOT NULL DEFAULT 0,
            wanted_at INTEGER, missed_count INTEGER NOT NULL DEFAULT 1, draft TEXT NOT NULL DEFAULT '[]', settled_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX followups_at_work ON followups (state) WHERE state IN ('open', 'notified') OR notification_out;
        CREATE UNIQUE INDEX followups_by_token ON followups (token) WHERE token <> '';
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY, call_key TEXT NOT NULL UNIQUE REFERENCES calls (key), external_id TEXT NOT NULL UNIQUE,
            engagement TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, looks INTEGER NOT NULL DEFAULT 0,
            offline INTEGER NOT NULL DEFAULT 0, posted_at INTEGER, not_before INTEGER, remote_id TEXT NOT NULL DEFAULT '',
            fault TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, settled_at INTEGER
        ) STRICT;
        CREATE INDEX outbox_at_work ON outbox (state) WHERE state IN ('waiting', 'unsure');
        CREATE TABLE rings (
            id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, at INTEGER NOT NULL, answered_at INTEGER, ended_at INTEGER,
            open INTEGER NOT NULL DEFAULT 1
        ) STRICT;
        CREATE INDEX rings_open ON rings (line) WHERE open;
        CREATE TABLE troubles (
            source TEXT PRIMARY KEY, since INTEGER NOT NULL, sentence TEXT NOT NULL, remedy TEXT NOT NULL
        ) STRICT;
        CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    """)


@LEDGER()
def senses_of_a_ring_and_block_list(db: Database) -> None:
    """Record which senses reported a ring, and what is ignored or forgotten."""
    db.executescript("""
        ALTER TABLE rings ADD COLUMN heard TEXT NOT NULL DEFAULT '';
        ALTER TABLE rings ADD COLUMN slot INTEGER;
        ALTER TABLE rings ADD COLUMN outgoing INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE rings ADD COLUMN notification_id TEXT NOT NULL DEFAULT '';
        UPDATE rings SET notification_id = 'callerid-ring-' || id;
        CREATE INDEX rings_by_time ON rings (at);
        CREATE TABLE marks (kind TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (kind, mark)) STRICT, WITHOUT ROWID;
    """)


@LEDGER()
def batches_tasks_and_new_contacts(db: Database) -> None:
    """Ask about several calls at once, and deliver tasks and new contacts as calls are; a contact may be added without a call."""
    db.executescript("""
        ALTER TABLE followups ADD COLUMN batch TEXT NOT NULL DEFAULT '';
        ALTER TABLE followups ADD COLUMN told TEXT NOT NULL DEFAULT '';
        ALTER TABLE followups ADD COLUMN is_offered INTEGER NOT NULL DEFAULT 0;
        DROP INDEX followups_at_work;
        CREATE INDEX followups_at_work ON followups (state) WHERE state IN ('open', 'notified', 'gathered') OR notification_out
            OR told IN ('wanted', 'taking-back') OR wanted_at IS NOT NULL;
        CREATE INDEX followups_by_state ON followups (state);
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY, call_key TEXT REFERENCES calls (key), kind TEXT NOT NULL DEFAULT 'call',
            external_id TEXT NOT NULL UNIQUE, content TEXT NOT NULL, state TEXT NOT NULL, wish TEXT NOT NULL DEFAULT 'keep',
            revision INTEGER NOT NULL DEFAULT 0, posted_revision INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
            looks INTEGER NOT NULL DEFAULT 0, offline INTEGER NOT NULL DEFAULT 0, posted_at INTEGER, not_before INTEGER,
            remote_id TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, settled_at INTEGER,
            UNIQUE (call_key, kind)
        ) STRICT;
        INSERT INTO deliveries (id, call_key, external_id, content, state, attempts, looks, offline, posted_at, not_before,
            remote_id, fault, created_at, settled_at)
        SELECT id, call_key, external_id, engagement, state, attempts, looks, offline, posted_at, not_before, remote_id, fault,
            created_at, settled_at FROM outbox;
        DROP TABLE outbox;
        ALTER TABLE deliveries RENAME TO outbox;
        CREATE INDEX outbox_at_work ON outbox (state) WHERE state IN ('waiting', 'unsure');
        CREATE TABLE batches (
            name TEXT PRIMARY KEY, token TEXT NOT NULL DEFAULT '', notification_id TEXT NOT NULL, shown INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER
        ) STRICT;
    """)


@LEDGER()
def revisions(db: Database) -> None:
    """Count the changes of follow-ups and batches, for optimistic writes."""
    db.executescript("""
        ALTER TABLE followups ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE batches ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    """)


@LEDGER()
def delivery_as_posted(db: Database) -> None:
    """Record what of a delivery is in the CRM, its troubles and its pause."""
    db.executescript("""
        ALTER TABLE outbox ADD COLUMN posted TEXT;
        UPDATE outbox SET posted = content WHERE revision = posted_revision AND (attempts OR remote_id <> '');
        ALTER TABLE outbox ADD COLUMN tried TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE outbox ADD COLUMN troubles INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE outbox ADD COLUMN paused_at INTEGER;
        ALTER TABLE outbox ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE outbox ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
        UPDATE outbox SET untold = 1 WHERE kind = 'contact' AND state = 'dead-letter';
        CREATE INDEX outbox_untold ON outbox (untold) WHERE untold;
        ALTER TABLE outbox ADD COLUMN notification_out INTEGER NOT NULL DEFAULT 0;
        UPDATE outbox SET notification_out = 1 WHERE kind = 'task' AND state = 'dead-letter';
        CREATE INDEX outbox_notified ON outbox (notification_out) WHERE notification_out;
        ALTER TABLE outbox ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0;
        UPDATE outbox SET leaving = 1 WHERE wish = 'withdraw' AND remote_id <> '';
    """)


@LEDGER()
def number_and_name_of_a_ring(db: Database) -> None:
    """Record all that the senses reported of a ring, and whether it is unwanted."""
    db.executescript("""
        ALTER TABLE rings ADD COLUMN number TEXT NOT NULL DEFAULT '';
        ALTER TABLE rings ADD COLUMN name TEXT NOT NULL DEFAULT '';
        ALTER TABLE rings ADD COLUMN unwanted INTEGER NOT NULL DEFAULT 0;
    """)


@LEDGER()
def answers_apart_from_the_draft(db: Database) -> None:
    """Store answers apart from the draft of an open dialog. Answers by a tap or a reply, and those about a new contact, were in the
    draft; the draft of a change stays one."""
    db.executescript("""
        ALTER TABLE followups ADD COLUMN said TEXT NOT NULL DEFAULT '[]';
        UPDATE followups SET said = draft, draft = '[]' WHERE state NOT IN ('queued', 'logged', 'change-refused');
    """)


@LEDGER()
def indexes_that_match_their_queries(db: Database) -> None:
    """Index follow-ups and rings by the terms that the queries use. SQLite uses a partial index only for a query that has the
    index's own term."""
    db.executescript("""
        DROP INDEX followups_at_work;
        CREATE INDEX followups_at_work ON followups (state) WHERE state IN ('open', 'notified', 'gathered') OR notification_out
            OR told IN ('wanted', 'taking-back') OR wanted_at IS NOT NULL
            OR (told = '' AND state IN ('change-refused', 'dead-letter'));
        CREATE INDEX followups_not_offered ON followups (settled_at) WHERE state = 'not-in-crm' AND NOT is_offered;
        CREATE INDEX rings_claimable ON rings (at) WHERE open OR unwanted;
    """)


@LEDGER()
def turns_that_do_not_grow_with_the_history(db: Database) -> None:
    """Index what is not over, count the rest once, and make room for the totals of calls whose rows are removed.

    `compared` is the state that a follow-up, or a call's delivery, had when `reconcile` last compared them; `counted` says that
    `tallies` has the call. Partial indexes have what is to be compared or counted, because it changed. A row that is deleted is
    taken out of `tallies`.
    """
    db.executescript("""
        ALTER TABLE calls ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE followups ADD COLUMN compared TEXT NOT NULL DEFAULT '';
        ALTER TABLE outbox ADD COLUMN compared TEXT NOT NULL DEFAULT '';
        CREATE INDEX calls_uncounted ON calls (start) WHERE NOT counted;
        CREATE INDEX followups_uncompared ON followups (state, compared) WHERE compared <> state;
        CREATE INDEX outbox_uncompared ON outbox (call_key) WHERE compared <> state AND kind = 'call';
        CREATE INDEX outbox_unfinished ON outbox (id) WHERE state IN ('waiting', 'unsure', 'dead-letter');
        CREATE INDEX followups_named ON followups (call_key) WHERE state = 'not-in-crm' AND NOT is_offered AND said <> '[]';
        CREATE INDEX followups_logged ON followups (settled_at) WHERE state = 'logged';
        CREATE TABLE tallies (state TEXT PRIMARY KEY, calls INTEGER NOT NULL) STRICT;
        CREATE TABLE summaries (
            month TEXT NOT NULL, type TEXT NOT NULL, calls INTEGER NOT NULL, seconds INTEGER NOT NULL, PRIMARY KEY (month, type)
        ) STRICT;
        CREATE TRIGGER outbox_deleted AFTER DELETE ON outbox WHEN OLD.kind = 'call' BEGIN
            UPDATE tallies SET calls = calls - 1 WHERE state = (SELECT compared FROM followups WHERE call_key = OLD.call_key);
            UPDATE followups SET compared = '' WHERE call_key = OLD.call_key;
        END;
        CREATE TRIGGER followup_deleted AFTER DELETE ON followups BEGIN
            UPDATE tallies SET calls = calls - 1 WHERE state = OLD.compared;
            UPDATE tallies SET calls = calls - (SELECT counted FROM calls WHERE key = OLD.call_key) WHERE state = 'all'
                AND EXISTS (SELECT 1 FROM calls WHERE key = OLD.call_key);
            UPDATE calls SET counted = 0 WHERE key = OLD.call_key;
        END;
        CREATE TRIGGER call_deleted AFTER DELETE ON calls BEGIN
            UPDATE tallies SET calls = calls - OLD.counted WHERE state = 'all';
        END;
    """)


@LEDGER()
def deliveries_that_wait_for_certainty(db: Database) -> None:
    """Record when no request that was given up can be carried out any more, and since when that is waited for. Deliveries that wait
    for it are not over, whatever their state is."""
    db.executescript("""
        ALTER TABLE outbox ADD COLUMN certain_at INTEGER;
        ALTER TABLE outbox ADD COLUMN doubted_at INTEGER;
        DROP INDEX outbox_unfinished;
        CREATE INDEX outbox_unfinished ON outbox (id)
            WHERE state IN ('waiting', 'unsure', 'dead-letter') OR certain_at IS NOT NULL;
    """)


@LEDGER()
def notes_and_calls_of_a_contact(db: Database) -> None:
    """Index the calls that were logged with a contact, and those of them with a note: a ring shows the last one of each."""
    db.executescript("""
        CREATE INDEX outbox_by_contact ON outbox (json_extract(content, '$.contact_id'), json_extract(content, '$.start'))
            WHERE kind = 'call';
        CREATE INDEX outbox_notes ON outbox (json_extract(content, '$.contact_id'), json_extract(content, '$.start'))
            WHERE kind = 'call' AND json_extract(content, '$.note') <> '';
    """)


@LEDGER()
def events_for_hooks(db: Database) -> None:
    """Queue what a hook is to be told, in the transaction that makes it so, if the settings name a program for it: the fact `hooks`
    has the events that are wanted. A ring is told of at most once."""
    db.executescript("""
        ALTER TABLE rings ADD COLUMN hooked INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE hook_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, call_key TEXT NOT NULL, at INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER call_missed AFTER INSERT ON followups WHEN NEW.state = 'open'
            AND (SELECT value FROM facts WHERE name = 'hooks') LIKE '%missed%'
            AND (SELECT type FROM calls WHERE key = NEW.call_key) IN ('MISSED', 'REJECTED', 'VOICEMAIL')
        BEGIN
            INSERT INTO hook_events (event, call_key, at) SELECT 'missed', key, first_seen FROM calls WHERE key = NEW.call_key;
        END;
        CREATE TRIGGER call_logged AFTER UPDATE OF remote_id ON outbox WHEN NEW.kind = 'call' AND NEW.wish = 'keep'
            AND OLD.remote_id = '' AND NEW.remote_id <> ''
            AND (SELECT value FROM facts WHERE name = 'hooks') LIKE '%logged%'
        BEGIN
            INSERT INTO hook_events (event, call_key, at) VALUES ('logged', NEW.call_key, coalesce(NEW.settled_at, NEW.created_at));
        END;
    """)
