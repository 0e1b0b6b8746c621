CREATE TABLE `product_specs` (
	`product_id` integer PRIMARY KEY NOT NULL,
	`vcpus` integer NOT NULL,
	`is_cpu_shared` integer NOT NULL,
	`memory_mib` integer NOT NULL,
	`disk_gib` integer NOT NULL,
	`bandwidth_gb` integer,
	`images` text,
	`snapshots_kept` integer,
	`backups` text NOT NULL,
	`trial_days` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `invoices_by_due` ON `invoices` (`due_on`,`id`);
--> statement-breakpoint
-- Search: an index of words for each kind of row, kept current by triggers in the transaction of the row itself. The indexes hold no copies of
-- the texts; their rowids are the rows' own ids. Rows that are gone are not found.
CREATE VIRTUAL TABLE search_customers USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE VIRTUAL TABLE search_customer_terms USING fts5vocab(search_customers, row);
--> statement-breakpoint
CREATE VIRTUAL TABLE search_products USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE VIRTUAL TABLE search_services USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE VIRTUAL TABLE search_items USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
-- VMs and nodes are found by any part of a name, an address or a UUID, and have no number of their own.
CREATE TABLE search_places (id INTEGER PRIMARY KEY, node_id TEXT NOT NULL, uuid TEXT NOT NULL DEFAULT '', UNIQUE (node_id, uuid));
--> statement-breakpoint
CREATE VIRTUAL TABLE search_machines USING fts5(words, content='', contentless_delete=1, tokenize='trigram remove_diacritics 1');
--> statement-breakpoint
CREATE VIEW search_service_words AS
SELECT s.id, s.customer_id, s.product_id, concat_ws(' ', c.first_name, c.last_name, c.email, p.name,
  (SELECT group_concat(value, ' ') FROM json_each(s.properties))) AS words
FROM services s LEFT JOIN customers c ON c.id = s.customer_id LEFT JOIN products p ON p.id = s.product_id WHERE s.gone_at IS NULL;
--> statement-breakpoint
CREATE TRIGGER search_customer_added AFTER INSERT ON customers BEGIN
  INSERT INTO search_customers (rowid, words) SELECT new.id, concat_ws(' ', new.first_name, new.last_name, new.email) WHERE new.gone_at IS NULL;
  DELETE FROM search_services WHERE rowid IN (SELECT id FROM services WHERE customer_id = new.id);
  INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words WHERE customer_id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_customer_changed AFTER UPDATE OF first_name, last_name, email, gone_at ON customers
WHEN old.first_name IS NOT new.first_name OR old.last_name IS NOT new.last_name OR old.email IS NOT new.email OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_customers WHERE rowid = new.id;
  INSERT INTO search_customers (rowid, words) SELECT new.id, concat_ws(' ', new.first_name, new.last_name, new.email) WHERE new.gone_at IS NULL;
  DELETE FROM search_services WHERE rowid IN (SELECT id FROM services WHERE customer_id = new.id);
  INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words WHERE customer_id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_customer_removed AFTER DELETE ON customers BEGIN
  DELETE FROM search_customers WHERE rowid = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_product_added AFTER INSERT ON products BEGIN
  INSERT INTO search_products (rowid, words) SELECT new.id, concat_ws(' ', new.name, new.slug) WHERE new.gone_at IS NULL;
  DELETE FROM search_services WHERE rowid IN (SELECT id FROM services WHERE product_id = new.id);
  INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words WHERE product_id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_product_changed AFTER UPDATE OF name, slug, gone_at ON products
WHEN old.name IS NOT new.name OR old.slug IS NOT new.slug OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_products WHERE rowid = new.id;
  INSERT INTO search_products (rowid, words) SELECT new.id, concat_ws(' ', new.name, new.slug) WHERE new.gone_at IS NULL;
  DELETE FROM search_services WHERE rowid IN (SELECT id FROM services WHERE product_id = new.id);
  INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words WHERE product_id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_product_removed AFTER DELETE ON products BEGIN
  DELETE FROM search_products WHERE rowid = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_service_added AFTER INSERT ON services BEGIN
  INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_service_changed AFTER UPDATE OF customer_id, product_id, properties, gone_at ON services
WHEN old.customer_id IS NOT new.customer_id OR old.product_id IS NOT new.product_id OR old.properties IS NOT new.properties OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_services WHERE rowid = new.id;
  INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_service_removed AFTER DELETE ON services BEGIN
  DELETE FROM search_services WHERE rowid = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_item_added AFTER INSERT ON invoice_items BEGIN
  INSERT INTO search_items (rowid, words) SELECT new.id, substr(new.description, 1, 2000) WHERE new.gone_at IS NULL AND new.description <> '';
END;
--> statement-breakpoint
CREATE TRIGGER search_item_changed AFTER UPDATE OF description, gone_at ON invoice_items
WHEN old.description IS NOT new.description OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_items WHERE rowid = new.id;
  INSERT INTO search_items (rowid, words) SELECT new.id, substr(new.description, 1, 2000) WHERE new.gone_at IS NULL AND new.description <> '';
END;
--> statement-breakpoint
CREATE TRIGGER search_item_removed AFTER DELETE ON invoice_items BEGIN
  DELETE FROM search_items WHERE rowid = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER search_vm_added AFTER INSERT ON vms BEGIN
  INSERT OR IGNORE INTO search_places (node_id, uuid) VALUES (new.node_id, new.uuid);
  INSERT INTO search_machines (rowid, words) SELECT id, concat_ws(' ', new.name, new.uuid, (SELECT group_concat(value, ' ') FROM json_each(new.ip_addresses)))
    FROM search_places WHERE node_id = new.node_id AND uuid = new.uuid AND new.gone_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER search_vm_changed AFTER UPDATE OF name, ip_addresses, gone_at ON vms
WHEN old.name IS NOT new.name OR old.ip_addresses IS NOT new.ip_addresses OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN
  DELETE FROM search_machines WHERE rowid = (SELECT id FROM search_places WHERE node_id = new.node_id AND uuid = new.uuid);
  INSERT INTO search_machines (rowid, words) SELECT id, concat_ws(' ', new.name, new.uuid, (SELECT group_concat(value, ' ') FROM json_each(new.ip_addresses)))
    FROM search_places WHERE node_id = new.node_id AND uuid = new.uuid AND new.gone_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER search_vm_removed AFTER DELETE ON vms BEGIN
  DELETE FROM search_machines WHERE rowid = (SELECT id FROM search_places WHERE node_id = old.node_id AND uuid = old.uuid);
  DELETE FROM search_places WHERE node_id = old.node_id AND uuid = old.uuid;
END;
--> statement-breakpoint
CREATE TRIGGER search_node_added AFTER INSERT ON nodes BEGIN
  INSERT OR IGNORE INTO search_places (node_id, uuid) VALUES (new.id, '');
  INSERT INTO search_machines (rowid, words) SELECT id, concat_ws(' ', new.name, new.hostname, new.url) FROM search_places WHERE node_id = new.id AND uuid = '';
END;
--> statement-breakpoint
CREATE TRIGGER search_node_changed AFTER UPDATE OF name, hostname, url ON nodes
WHEN old.name IS NOT new.name OR old.hostname IS NOT new.hostname OR old.url IS NOT new.url BEGIN
  DELETE FROM search_machines WHERE rowid = (SELECT id FROM search_places WHERE node_id = new.id AND uuid = '');
  INSERT INTO search_machines (rowid, words) SELECT id, concat_ws(' ', new.name, new.hostname, new.url) FROM search_places WHERE node_id = new.id AND uuid = '';
END;
--> statement-breakpoint
CREATE TRIGGER search_node_removed AFTER DELETE ON nodes BEGIN
  DELETE FROM search_machines WHERE rowid = (SELECT id FROM search_places WHERE node_id = old.id AND uuid = '');
  DELETE FROM search_places WHERE node_id = old.id AND uuid = '';
END;
--> statement-breakpoint
INSERT INTO search_customers (rowid, words) SELECT id, concat_ws(' ', first_name, last_name, email) FROM customers WHERE gone_at IS NULL;
--> statement-breakpoint
INSERT INTO search_products (rowid, words) SELECT id, concat_ws(' ', name, slug) FROM products WHERE gone_at IS NULL;
--> statement-breakpoint
INSERT INTO search_services (rowid, words) SELECT id, words FROM search_service_words;
--> statement-breakpoint
INSERT INTO search_items (rowid, words) SELECT id, substr(description, 1, 2000) FROM invoice_items WHERE gone_at IS NULL AND description <> '';
--> statement-breakpoint
INSERT INTO search_places (node_id, uuid) SELECT id, '' FROM nodes UNION ALL SELECT node_id, uuid FROM vms;
--> statement-breakpoint
INSERT INTO search_machines (rowid, words) SELECT p.id, concat_ws(' ', v.name, v.uuid, (SELECT group_concat(value, ' ') FROM json_each(v.ip_addresses)))
  FROM vms v JOIN search_places p ON p.node_id = v.node_id AND p.uuid = v.uuid WHERE v.gone_at IS NULL;
--> statement-breakpoint
INSERT INTO search_machines (rowid, words) SELECT p.id, concat_ws(' ', n.name, n.hostname, n.url) FROM nodes n JOIN search_places p ON p.node_id = n.id AND p.uuid = '';
