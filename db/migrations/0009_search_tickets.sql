-- Tickets are found by their subject and by what was written in them, as the other rows are by their words.
CREATE VIRTUAL TABLE search_tickets USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE VIRTUAL TABLE search_messages USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER search_ticket_added AFTER INSERT ON tickets BEGIN
  INSERT INTO search_tickets (rowid, words) SELECT new.id, new.subject WHERE new.gone_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER search_ticket_changed AFTER UPDATE OF subject, gone_at ON tickets
WHEN old.subject IS NOT new.subject OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_tickets WHERE rowid = new.id;
  INSERT INTO search_tickets (rowid, words) SELECT new.id, new.subject WHERE new.gone_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER search_ticket_removed AFTER DELETE ON tickets BEGIN
  DELETE FROM search_tickets WHERE rowid = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_message_added AFTER INSERT ON ticket_messages BEGIN
  INSERT INTO search_messages (rowid, words) SELECT new.id, substr(new.message, 1, 4000) WHERE new.gone_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER search_message_changed AFTER UPDATE OF message, gone_at ON ticket_messages
WHEN old.message IS NOT new.message OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_messages WHERE rowid = new.id;
  INSERT INTO search_messages (rowid, words) SELECT new.id, substr(new.message, 1, 4000) WHERE new.gone_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER search_message_removed AFTER DELETE ON ticket_messages BEGIN
  DELETE FROM search_messages WHERE rowid = old.id;
END;
--> statement-breakpoint
INSERT INTO search_tickets (rowid, words) SELECT id, subject FROM tickets WHERE gone_at IS NULL;
--> statement-breakpoint
INSERT INTO search_messages (rowid, words) SELECT id, substr(message, 1, 4000) FROM ticket_messages WHERE gone_at IS NULL;
