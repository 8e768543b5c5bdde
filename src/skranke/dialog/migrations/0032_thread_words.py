"""The words of a thread in one place: title, messages, names of files, and whom it is about; kept by triggers.

A thread has a row, and further ones once it is long: a new message then costs no more than a short thread's.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from skranke.tenancy.operations import definer_function, protect

_CLINIC = "NULLIF(current_setting('skranke.clinic', true), '')::uuid"
_DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
# number: 0 has title and patient. spilt: the thread has more than one row.
_TABLE = """
    CREATE TABLE dialog_threadwords (
        thread_id uuid NOT NULL, number integer NOT NULL, clinic_id uuid NOT NULL, spilt boolean NOT NULL DEFAULT false,
        words tsvector NOT NULL,
        PRIMARY KEY (thread_id, number),
        CONSTRAINT dialog_threadwords_of_thread FOREIGN KEY (clinic_id, thread_id)
            REFERENCES dialog_thread (clinic_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)
"""
_INDEXES = """
    CREATE INDEX threadwords_words ON dialog_threadwords USING gin (clinic_id, words);
    CREATE INDEX threadwords_spilt ON dialog_threadwords USING gin (clinic_id, words) WHERE spilt
"""
# A name's words and the national id begin with signs that no text has a word of: E'\\x01' and E'\\x02'.
_ABOUT = """
    SELECT array_to_tsvector(COALESCE(array_agg(DISTINCT mark), '{}')) FROM (
        SELECT U&'\\0001' || key AS mark FROM patients_namepart WHERE patient_id = patient
        UNION ALL
        SELECT U&'\\0002' || national_id FROM patients_patient WHERE id = patient AND national_id <> '') AS marks
"""
# A row has at most 1000 lexemes (each word as it stands, and its stem), or is one message: none is divided.
# One that comes meanwhile finds no row, and waits here: then all is read again.
_REBUILT = """
    DECLARE
        t dialog_thread;
        said tsvector;
        kept tsvector;
        last integer := 0;
    BEGIN
        SELECT * INTO t FROM dialog_thread WHERE id = thread FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        -- Whoever changes the name waits, or is waited for.
        PERFORM FROM patients_patient WHERE id = t.patient_id FOR SHARE;
        DELETE FROM dialog_threadwords WHERE thread_id = thread;
        kept := dialog_words(t.title) || threadwords_about(t.patient_id);
        FOR said IN
            SELECT words FROM dialog_message WHERE thread_id = thread
            UNION ALL
            SELECT file_words(a.name) FROM dialog_message m JOIN dialog_attachment a ON a.message_id = m.id
             WHERE m.thread_id = thread
        LOOP
            IF length(kept) + length(said) <= 1000 THEN
                kept := kept || said;
            ELSE
                INSERT INTO dialog_threadwords VALUES (thread, last, t.clinic_id, true, kept);
                last := last + 1;
                kept := said;
            END IF;
        END LOOP;
        INSERT INTO dialog_threadwords VALUES (thread, last, t.clinic_id, last > 0, kept);
    END"""
_ADDED = """
    DECLARE
        present dialog_threadwords;
    BEGIN
        SELECT * INTO present FROM dialog_threadwords WHERE thread_id = thread ORDER BY number DESC LIMIT 1 FOR UPDATE;
        IF NOT FOUND THEN
            PERFORM threadwords_rebuilt(thread);
        ELSIF length(present.words) + length(said) <= 1000 THEN
            UPDATE dialog_threadwords SET words = words || said
             WHERE thread_id = thread AND number = present.number;
        ELSE
            UPDATE dialog_threadwords SET spilt = true WHERE thread_id = thread AND number = 0 AND NOT spilt;
            INSERT INTO dialog_threadwords (thread_id, number, clinic_id, spilt, words)
            SELECT thread, 1 + max(number), present.clinic_id, true, said
              FROM dialog_threadwords WHERE thread_id = thread;
        END IF;
    END"""
_OF_MESSAGE = """
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM threadwords_added(NEW.thread_id, NEW.words);
        ELSE
            PERFORM threadwords_rebuilt(thread) FROM (SELECT OLD.thread_id AS thread UNION SELECT NEW.thread_id) AS t;
        END IF;
        RETURN NULL;
    END"""
_OF_LOST_MESSAGES = """
    BEGIN
        PERFORM threadwords_rebuilt(thread_id) FROM (SELECT DISTINCT thread_id FROM lost) AS t;
        RETURN NULL;
    END"""
_OF_FILE = """
    BEGIN
        PERFORM threadwords_added(thread_id, file_words(NEW.name)) FROM dialog_message WHERE id = NEW.message_id;
        RETURN NULL;
    END"""
_OF_THREAD = """
    BEGIN
        IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT FROM dialog_threadwords WHERE thread_id = NEW.id) THEN
            PERFORM threadwords_rebuilt(NEW.id);
        END IF;
        RETURN NULL;
    END"""
# What is known of them is taken out, and put in anew: their messages need not be read.
_OF_PATIENTS = """
    DECLARE
        about tsvector;
        of_patient uuid;
    BEGIN
        -- A thread that is begun meanwhile waits, or is waited for.
        SELECT clinic_id INTO of_patient FROM patients_patient WHERE id = patient FOR NO KEY UPDATE;
        about := threadwords_about(patient);
        UPDATE dialog_threadwords w SET words = about || ts_delete(w.words, ARRAY(
                SELECT lexeme FROM unnest(w.words) WHERE lexeme ^@ U&'\\0001' OR lexeme ^@ U&'\\0002'))
          FROM dialog_thread t
         WHERE t.clinic_id = of_patient AND t.patient_id = patient AND w.thread_id = t.id AND w.number = 0;
    END"""
_OF_NAMES = """
    BEGIN
        PERFORM threadwords_of_patient(patient_id) FROM (SELECT DISTINCT patient_id FROM changed) AS c;
        RETURN NULL;
    END"""
_OF_NUMBER = """
    BEGIN
        PERFORM threadwords_of_patient(NEW.id);
        RETURN NULL;
    END"""
_TRIGGERS = {
    "threadwords_of_message": (
        "dialog_message",
        "AFTER INSERT OR UPDATE OF subject, text, thread_id ON dialog_message FOR EACH ROW",
        "threadwords_of_message",
    ),
    "threadwords_of_lost_message": (
        "dialog_message",
        "AFTER DELETE ON dialog_message REFERENCING OLD TABLE AS lost FOR EACH STATEMENT",
        "threadwords_of_lost",
    ),
    "threadwords_of_file": (
        "dialog_attachment",
        """AFTER INSERT OR UPDATE OF message_id, name ON dialog_attachment FOR EACH ROW
           WHEN (NEW.message_id IS NOT NULL)""",
        "threadwords_of_file",
    ),
    # Its first message mostly makes the row; what has none is looked for when all is done.
    "threadwords_of_new_thread": (
        "dialog_thread",
        "AFTER INSERT ON dialog_thread DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "threadwords_of_thread",
    ),
    "threadwords_of_thread": (
        "dialog_thread",
        """AFTER UPDATE OF title, patient_id ON dialog_thread FOR EACH ROW
           WHEN ((OLD.title, OLD.patient_id) IS DISTINCT FROM (NEW.title, NEW.patient_id))""",
        "threadwords_of_thread",
    ),
    "threadwords_of_new_name": (
        "patients_namepart",
        "AFTER INSERT ON patients_namepart REFERENCING NEW TABLE AS changed FOR EACH STATEMENT",
        "threadwords_of_names",
    ),
    "threadwords_of_old_name": (
        "patients_namepart",
        "AFTER DELETE ON patients_namepart REFERENCING OLD TABLE AS changed FOR EACH STATEMENT",
        "threadwords_of_names",
    ),
    "threadwords_of_number": (
        "patients_patient",
        """AFTER UPDATE OF national_id ON patients_patient FOR EACH ROW
           WHEN (OLD.national_id IS DISTINCT FROM NEW.national_id)""",
        "threadwords_of_number",
    ),
}
_FUNCTIONS = {
    "threadwords_about(patient uuid)": ("tsvector", "sql STABLE", _ABOUT),
    "threadwords_added(thread uuid, said tsvector)": ("void", "plpgsql", _ADDED),
    "threadwords_rebuilt(thread uuid)": ("void", "plpgsql", _REBUILT),
    "threadwords_of_patient(patient uuid)": ("void", "plpgsql", _OF_PATIENTS),
    "threadwords_of_message()": ("trigger", "plpgsql", _OF_MESSAGE),
    "threadwords_of_lost()": ("trigger", "plpgsql", _OF_LOST_MESSAGES),
    "threadwords_of_file()": ("trigger", "plpgsql", _OF_FILE),
    "threadwords_of_thread()": ("trigger", "plpgsql", _OF_THREAD),
    "threadwords_of_names()": ("trigger", "plpgsql", _OF_NAMES),
    "threadwords_of_number()": ("trigger", "plpgsql", _OF_NUMBER),
}


def _function(signature: str, returns: str, language: str, body: str) -> RunSQL:
    """Nobody may call it but triggers: it works as its owner."""
    create = f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {_DEFINER} AS $body$ {body} $body$"
    name = signature.partition("(")[0]
    return RunSQL([create, f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"], f"DROP FUNCTION {name}")


# One word as a message, a name (key) or a national id (first) may have it.
_WORD_QUERY = """
    CREATE FUNCTION thread_query(word text, key text, first text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN dialog_query(word) || ('''' || U&'\\0001' || key || ''':*')::tsquery
        || CASE WHEN first = '' THEN ''::tsquery ELSE ('''' || U&'\\0002' || first || ''':*')::tsquery END
"""
# Every word in one row, or each in some row of a thread that has several.
_FOUND = f"""
    (SELECT thread_id FROM dialog_threadwords WHERE clinic_id = {_CLINIC} AND words @@ every LIMIT most)
    UNION
    (SELECT w.thread_id FROM dialog_threadwords w
      WHERE w.spilt AND w.clinic_id = {_CLINIC} AND w.words @@ each[1] AND cardinality(each) > 1
        AND NOT EXISTS (SELECT FROM unnest(each) AS one WHERE NOT EXISTS (
            SELECT FROM dialog_threadwords o WHERE o.thread_id = w.thread_id AND o.words @@ one))
      LIMIT most)
"""  # noqa: S608 - nothing but our own words
# Of the newest 400 closed threads: what one in sixty has, is sooner found by asking the newest than by the index, which
# reads all that have it. Asking them costs a millisecond.
_OFTEN = f"""
    SELECT count(*) >= 7 FROM (
        SELECT id FROM dialog_thread WHERE clinic_id = {_CLINIC} AND state = 'closed'
         ORDER BY last_message_at DESC, id DESC LIMIT 400) AS t
     WHERE EXISTS (SELECT FROM dialog_threadwords w WHERE w.thread_id = t.id AND w.words @@ every OFFSET 0)
"""  # noqa: S608 - nothing but our own words
_ALONE = ("threads_with_words(tsquery, tsquery[], integer)", "threads_often_have(tsquery)")
_SET = (
    "enable_seqscan = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "max_parallel_workers_per_gather = 0",
)


class Migration(migrations.Migration):
    dependencies = [("dialog", "0031_draft_version"), ("patients", "0011_represented")]

    operations = [
        RunSQL(_TABLE, "DROP TABLE dialog_threadwords"),
        RunSQL(_INDEXES, RunSQL.noop),
        protect("dialog_threadwords", rights="SELECT"),
        *(_function(signature, *facts) for signature, facts in _FUNCTIONS.items()),
        *(
            RunSQL(
                f"CREATE {'CONSTRAINT ' * ('DEFERRABLE' in when)}TRIGGER {name} {when} EXECUTE FUNCTION {function}()",
                f"DROP TRIGGER {name} ON {table}",
            )
            for name, (table, when, function) in _TRIGGERS.items()
        ),
        RunSQL(_WORD_QUERY, "DROP FUNCTION thread_query"),
        definer_function("threads_with_words(every tsquery, each tsquery[], most integer)", "SETOF uuid", _FOUND),
        definer_function("threads_often_have(every tsquery)", "boolean", _OFTEN),
        RunSQL([f"ALTER FUNCTION {name} SET {one}" for name in _ALONE for one in _SET], RunSQL.noop),
    ]
