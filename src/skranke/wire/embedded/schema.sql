-- The whole embedded bus. Run as its owner in the bus database, any number of times (embedded/install.py does).
--
-- A taken message is marked by a session-level advisory lock on its id, nothing else: taking writes no row, many
-- messages may be held by one connection, and PostgreSQL itself frees them when the connection or its process dies.
-- Nothing else in this database takes advisory locks on one bigint.
-- Functions are PL/pgSQL throughout, because it keeps their plans and plain SQL functions are planned at every call.
--
-- Times are the server's own (clock_timestamp), not the program's movable clock: a broker's would be, too.

CREATE SCHEMA IF NOT EXISTS bus;
REVOKE ALL ON SCHEMA bus FROM PUBLIC;

CREATE TABLE IF NOT EXISTS bus.queue (
    name        text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 50),
    owner       name NOT NULL,
    ttl         interval,
    dead_letter text
);

CREATE INDEX IF NOT EXISTS queue_dead_letter ON bus.queue (dead_letter);

CREATE TABLE IF NOT EXISTS bus.message (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue      text NOT NULL,  -- no foreign key: each send would lock the queue's row
    expires_at timestamptz,
    properties jsonb NOT NULL,
    body       bytea NOT NULL CHECK (octet_length(body) <= 20971520)
);
CREATE INDEX IF NOT EXISTS message_queue_id ON bus.message (queue, id);
CREATE INDEX IF NOT EXISTS message_queue_expires_at ON bus.message (queue, expires_at) WHERE expires_at IS NOT NULL;
-- Ciphertext does not compress; EXTERNAL spares the attempt.
ALTER TABLE bus.message ALTER COLUMN body SET STORAGE EXTERNAL;
-- A queue table dies as fast as it grows: vacuum by count, not by share, and without pauses.
ALTER TABLE bus.message SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 5000,
    toast.autovacuum_vacuum_cost_delay = 0
);

-- Put a message on a queue, and tell whether there is such a queue.
CREATE OR REPLACE FUNCTION bus.store(to_queue text, message_ttl interval, message_properties jsonb, message_body bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    queue_ttl interval;
BEGIN
    SELECT ttl INTO queue_ttl FROM bus.queue WHERE name = to_queue;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO bus.message (queue, expires_at, properties, body)
    VALUES (to_queue, clock_timestamp() + least(message_ttl, queue_ttl), message_properties, message_body);
    IF queue_ttl IS NOT NULL THEN
        -- A queue nobody reads must not grow: each send sweeps more than it adds.
        PERFORM bus.sweep(to_queue, 3);
    END IF;
    RETURN true;
END $$;

-- Store a message durably, then wake its readers. One that goes to an unknown queue is accepted and lost, as
-- on the broker. Two transactions, because NOTIFY takes a lock of the whole server until its commit is on disk: in one
-- transaction all senders would wait for each other's disk writes. The second needs no disk: who misses it, looks anew.
CREATE OR REPLACE PROCEDURE bus.put(to_queue text, message_ttl interval, message_properties jsonb, message_body bytea)
LANGUAGE plpgsql AS $$
BEGIN
    IF bus.store(to_queue, message_ttl, message_properties, message_body) THEN
        COMMIT;
        PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
        PERFORM pg_catalog.pg_notify('bus.' OPERATOR(pg_catalog.||) to_queue, '');
    END IF;
END $$;

DROP FUNCTION IF EXISTS bus.take(text[], bigint[], bigint[]);
DROP FUNCTION IF EXISTS bus.accept(bigint);

-- Take the first messages that nobody holds from one of the caller's queues. No row: there is none.
-- most: how many; size: bytes of bodies after which no more is taken.
-- held: ids this connection holds (its own locks would not stop it); settled: ids it has settled since, to unlock now
-- that their deletion is committed - unlocking earlier would show the message to others once more.
CREATE OR REPLACE FUNCTION bus.take(from_queues text[], held bigint[], settled bigint[], most integer, size bigint)
RETURNS TABLE (id bigint, queue text, properties jsonb, body bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- The table's size swings between nothing and all: statistics are always wrong, the index is always right.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
    wanted text;
    candidate bigint;
    taken integer := 0;
    taken_size bigint := 0;
    bytes bigint;
BEGIN
    PERFORM bus.check_owner(from_queues);
    PERFORM pg_advisory_unlock(done) FROM unnest(settled) AS done;
    FOREACH wanted IN ARRAY from_queues LOOP
        PERFORM bus.sweep(wanted, 1000);
        -- What grew too old in another queue may belong here.
        PERFORM bus.sweep(q.name, 1000) FROM bus.queue q WHERE q.dead_letter = wanted;
        FOR candidate IN
            SELECT m.id FROM bus.message m
            WHERE m.queue = wanted AND m.id <> ALL (held)
              AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())
            ORDER BY m.id
        LOOP
            CONTINUE WHEN NOT pg_try_advisory_lock(candidate);
            -- Read anew: another reader may have settled it between our look at the index and our lock.
            SELECT octet_length(m.body) INTO bytes FROM bus.message m WHERE m.id = candidate AND m.queue = wanted;
            IF NOT FOUND THEN
                PERFORM pg_advisory_unlock(candidate);
                CONTINUE;
            END IF;
            RETURN QUERY SELECT m.id, m.queue, m.properties, m.body FROM bus.message m WHERE m.id = candidate;
            taken := taken + 1;
            taken_size := taken_size + bytes;
            IF taken >= most OR taken_size > size THEN
                RETURN;
            END IF;
        END LOOP;
        IF taken > 0 THEN
            RETURN;
        END IF;
    END LOOP;
END $$;

-- Remove messages that the caller's connection holds; the caller knows what it holds, and unlocks by its next take.
CREATE OR REPLACE FUNCTION bus.accept(message_ids bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM bus.message m USING bus.queue q
    WHERE m.id = ANY (message_ids) AND q.name = m.queue AND q.owner = session_user;
END $$;

-- Give a held message back.
CREATE OR REPLACE FUNCTION bus.release(message_id bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_unlock(message_id);
    PERFORM pg_notify('bus.' || m.queue, '') FROM bus.message m WHERE m.id = message_id;
END $$;

-- Move a held message to the dead letter queue of its queue; without one it is dropped. Unlocked as after accept.
CREATE OR REPLACE FUNCTION bus.reject(message_id bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM bus.bury(m.id) FROM bus.message m JOIN bus.queue q ON q.name = m.queue
        WHERE m.id = message_id AND q.owner = session_user;
END $$;

-- Move a message to the dead letter queue of its queue, where it has no time to live any more; without one drop it.
CREATE OR REPLACE FUNCTION bus.bury(message_id bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    destination text;
BEGIN
    SELECT dead.name INTO destination FROM bus.message m
        JOIN bus.queue q ON q.name = m.queue JOIN bus.queue dead ON dead.name = q.dead_letter
        WHERE m.id = message_id;
    IF destination IS NULL THEN
        DELETE FROM bus.message WHERE id = message_id;
    ELSE
        UPDATE bus.message SET queue = destination, expires_at = NULL, properties = properties #- '{properties,ttl}'
            WHERE id = message_id;
        PERFORM pg_notify('bus.' || destination, '');
    END IF;
END $$;

-- The caller's own queues and how many messages, held or not, lie in each.
CREATE OR REPLACE FUNCTION bus.depths()
RETURNS TABLE (queue text, messages bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT q.name, (SELECT count(*) FROM bus.message m
                    WHERE m.queue = q.name AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp()))
    FROM bus.queue q WHERE q.owner = session_user ORDER BY q.name
$$;

-- Empty the caller's own queues.
CREATE OR REPLACE FUNCTION bus.purge(own_queues text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM bus.check_owner(own_queues);
    DELETE FROM bus.message WHERE queue = ANY (own_queues);
END $$;

CREATE OR REPLACE FUNCTION bus.check_owner(wanted text[])
RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(wanted) AS w(name)
               WHERE NOT EXISTS (SELECT FROM bus.queue q WHERE q.name = w.name AND q.owner = session_user)) THEN
        RAISE EXCEPTION 'no such queue of this party' USING ERRCODE = 'BUS01';
    END IF;
END $$;

-- Bury what is too old, as the broker does. What somebody holds stays theirs: they may still reject it.
CREATE OR REPLACE FUNCTION bus.sweep(one_queue text, most integer)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    old bigint;
BEGIN
    FOR old IN
        SELECT id FROM bus.message WHERE queue = one_queue AND expires_at < clock_timestamp()
        ORDER BY expires_at LIMIT most FOR UPDATE SKIP LOCKED
    LOOP
        IF pg_try_advisory_xact_lock(old) THEN
            PERFORM bus.bury(old);
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA bus FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA bus FROM PUBLIC;
