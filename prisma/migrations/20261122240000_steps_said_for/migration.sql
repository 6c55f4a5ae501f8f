-- A step that came to its moment remembers for which date: the enrolment's own date may move afterwards, the file change.
ALTER TABLE enrolment_steps ADD COLUMN said_for timestamptz(3);

-- What was said before is held to have been said for where the date stands now.
UPDATE enrolment_steps s SET said_for = e.anchor_at
FROM enrolments e WHERE e.id = s.enrolment_id AND s.status IN ('due', 'started');
