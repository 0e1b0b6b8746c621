CREATE TABLE `audit` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`service_id` integer,
	`node_id` text,
	`uuid` text,
	`vm_name` text,
	`why` text NOT NULL,
	`detail` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	CONSTRAINT "audit_hash_length" CHECK(length("audit"."hash") = 64)
);
--> statement-breakpoint
CREATE INDEX `audit_by_service` ON `audit` (`service_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_by_vm` ON `audit` (`node_id`,`uuid`,`seq`);--> statement-breakpoint
CREATE TABLE `automation_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`result` text
);
--> statement-breakpoint
CREATE TABLE `billing_writes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`service_id` integer NOT NULL,
	`at` integer NOT NULL,
	`field` text NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `billing_writes_by_service` ON `billing_writes` (`service_id`,`at`);--> statement-breakpoint
CREATE TABLE `customers` (
	`id` integer PRIMARY KEY NOT NULL,
	`first_name` text,
	`last_name` text,
	`email` text NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE TABLE `guard_releases` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`code` text NOT NULL,
	`node_id` text DEFAULT '' NOT NULL,
	`batch` text NOT NULL,
	`by` text NOT NULL,
	`why` text NOT NULL,
	`at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `guards` (
	`code` text NOT NULL,
	`node_id` text DEFAULT '' NOT NULL,
	`since` integer NOT NULL,
	`reason` text NOT NULL,
	`figures` text NOT NULL,
	`batch` text NOT NULL,
	PRIMARY KEY(`code`, `node_id`)
);
--> statement-breakpoint
CREATE TABLE `holds` (
	`service_id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`until` text,
	`why` text NOT NULL,
	`by` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `intents` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`service_id` integer NOT NULL,
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`vm_name` text NOT NULL,
	`state` text NOT NULL,
	`step` text NOT NULL,
	`reason` text NOT NULL,
	`evidence` text NOT NULL,
	`policy_version` integer NOT NULL,
	`needs_approval` integer NOT NULL,
	`approved_by` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`waiting_since` integer,
	`error` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `intents_one_open` ON `intents` (`service_id`) WHERE "intents"."state" in ('planned', 'approved', 'executing', 'verifying');--> statement-breakpoint
CREATE INDEX `intents_by_state` ON `intents` (`state`,`created_at`);--> statement-breakpoint
CREATE TABLE `invoice_items` (
	`id` integer PRIMARY KEY NOT NULL,
	`invoice_id` integer NOT NULL,
	`service_id` integer,
	`description` text NOT NULL,
	`price_minor` integer,
	`quantity` integer NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer,
	FOREIGN KEY (`invoice_id`) REFERENCES `invoices`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `invoice_items_by_invoice` ON `invoice_items` (`invoice_id`);--> statement-breakpoint
CREATE INDEX `invoice_items_by_service` ON `invoice_items` (`service_id`);--> statement-breakpoint
CREATE TABLE `invoices` (
	`id` integer PRIMARY KEY NOT NULL,
	`customer_id` integer,
	`status` text NOT NULL,
	`currency` text NOT NULL,
	`due_on` text,
	`due_readable` integer NOT NULL,
	`created_on` text,
	`paid_at` integer,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `invoices_by_customer` ON `invoices` (`customer_id`);--> statement-breakpoint
CREATE INDEX `invoices_by_status` ON `invoices` (`status`,`due_on`);--> statement-breakpoint
CREATE TABLE `links` (
	`service_id` integer PRIMARY KEY NOT NULL,
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`vm_name` text NOT NULL,
	`reason` text NOT NULL,
	`confirmed_at` integer NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `links_by_vm` ON `links` (`node_id`,`uuid`);--> statement-breakpoint
CREATE TABLE `nodes` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`hostname` text,
	`maintenance` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`state` text NOT NULL,
	`problem` text,
	`findings` text NOT NULL,
	`last_seen_at` integer,
	`checked_at` integer,
	`capacity` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `nodes_name_unique` ON `nodes` (`name`);--> statement-breakpoint
CREATE TABLE `plans` (
	`id` integer PRIMARY KEY NOT NULL,
	`product_id` integer NOT NULL,
	`name` text,
	`type` text NOT NULL,
	`billing_period` integer,
	`billing_unit` text,
	`prices` text NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `plans_by_product` ON `plans` (`product_id`);--> statement-breakpoint
CREATE TABLE `policies` (
	`version` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`values` text NOT NULL,
	`overrides` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `products` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`hidden` integer NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE TABLE `service_history` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`service_id` integer NOT NULL,
	`read_at` integer NOT NULL,
	`previous_read_at` integer,
	`read_on` text NOT NULL,
	`status` text NOT NULL,
	`expires_on` text,
	`expiry_readable` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `service_history_by_service` ON `service_history` (`service_id`,`id`);--> statement-breakpoint
CREATE TABLE `services` (
	`id` integer PRIMARY KEY NOT NULL,
	`customer_id` integer,
	`product_id` integer,
	`status` text NOT NULL,
	`currency` text NOT NULL,
	`price_minor` integer,
	`quantity` integer NOT NULL,
	`expires_on` text,
	`expiry_readable` integer NOT NULL,
	`properties` text NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `services_by_customer` ON `services` (`customer_id`);--> statement-breakpoint
CREATE INDEX `services_by_status` ON `services` (`status`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `suspensions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`service_id` integer NOT NULL,
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`cause` text NOT NULL,
	`invoice_ids` text NOT NULL,
	`started_at` integer NOT NULL,
	`stop_sent_at` integer,
	`verified_at` integer,
	`ended_at` integer,
	`ended_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `suspensions_one_open` ON `suspensions` (`service_id`) WHERE "suspensions"."ended_at" is null;--> statement-breakpoint
CREATE INDEX `suspensions_by_vm` ON `suspensions` (`node_id`,`uuid`);--> statement-breakpoint
CREATE TABLE `sync_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`complete` integer DEFAULT false NOT NULL,
	`clock_offset_ms` integer,
	`counts` text NOT NULL,
	`result` text
);
--> statement-breakpoint
CREATE INDEX `sync_runs_by_start` ON `sync_runs` (`started_at`);--> statement-breakpoint
CREATE TABLE `vms` (
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`memory_kib` integer NOT NULL,
	`vcpus` integer NOT NULL,
	`cpu_percent` real,
	`cpu_time_seconds` integer NOT NULL,
	`ip_addresses` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`observed_at` integer NOT NULL,
	`gone_at` integer,
	PRIMARY KEY(`node_id`, `uuid`),
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `vms_by_name` ON `vms` (`name`);--> statement-breakpoint
CREATE TABLE `watermarks` (
	`resource` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
