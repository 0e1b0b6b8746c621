CREATE TABLE `vault` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`service_id` integer NOT NULL,
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`vm_name` text NOT NULL,
	`terminated_at` integer NOT NULL,
	`purge_on` text NOT NULL,
	`snapshot_name` text NOT NULL,
	`definition` text NOT NULL,
	`record` text NOT NULL,
	`restored_at` integer,
	`purged_at` integer,
	`leftovers` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `vault_one_open` ON `vault` (`service_id`) WHERE "vault"."restored_at" is null and "vault"."purged_at" is null;--> statement-breakpoint
CREATE INDEX `vault_by_vm` ON `vault` (`node_id`,`uuid`);--> statement-breakpoint
ALTER TABLE `vms` ADD `off_since` integer;