-- The queue as one would keep it in PostgreSQL: a row for each place, one index that is the order of service, heads taken with
-- FOR UPDATE SKIP LOCKED. Lane totals aren't counted anew: the queue's row keeps them.
CREATE TABLE queue (
    id int PRIMARY KEY,
    phase smallint NOT NULL DEFAULT 3,
    out_of_turn bigint NOT NULL DEFAULT 0,
    first_priority bigint NOT NULL DEFAULT 0,
    general bigint NOT NULL DEFAULT 0
);
CREATE TABLE application (
    id uuid PRIMARY KEY,
    child bytea NOT NULL UNIQUE,
    submitted_at timestamptz NOT NULL,
    body jsonb NOT NULL
);
CREATE TABLE entry (
    application uuid NOT NULL,
    queue int NOT NULL,
    lane smallint NOT NULL,
    submitted_at timestamptz NOT NULL,
    state smallint NOT NULL DEFAULT 0, -- 0 waiting, 1 offered
    PRIMARY KEY (application, queue)
);
CREATE INDEX waiting ON entry (queue, lane, submitted_at, application) WHERE state = 0;
CREATE TABLE history (
    application uuid NOT NULL,
    seq int NOT NULL,
    at timestamptz NOT NULL,
    what jsonb NOT NULL,
    PRIMARY KEY (application, seq)
);
