CREATE TABLE `billing_acts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`row_id` integer,
	`customer_id` integer,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`state` text NOT NULL,
	`error` text,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `billing_acts_by_row` ON `billing_acts` (`kind`,`row_id`);--> statement-breakpoint
CREATE INDEX `billing_acts_by_customer` ON `billing_acts` (`customer_id`,`at`);--> statement-breakpoint
CREATE UNIQUE INDEX `billing_acts_paid_once` ON `billing_acts` (`row_id`) WHERE "billing_acts"."kind" = 'invoice-paid' and "billing_acts"."state" <> 'refused';--> statement-breakpoint
CREATE TABLE `categories` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`parent_id` integer,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE TABLE `credits` (
	`id` integer PRIMARY KEY NOT NULL,
	`customer_id` integer,
	`currency` text NOT NULL,
	`amount_minor` integer,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `credits_by_customer` ON `credits` (`customer_id`);--> statement-breakpoint
CREATE TABLE `mirror_passes` (
	`resource` text PRIMARY KEY NOT NULL,
	`pass_started_at` integer NOT NULL,
	`started_at` integer NOT NULL,
	`per_page` integer NOT NULL,
	`page` integer NOT NULL,
	`last_id` integer NOT NULL,
	`last_place` integer NOT NULL,
	`entries` integer NOT NULL,
	`newest` integer NOT NULL,
	`known_before` integer NOT NULL,
	`omitted` text NOT NULL,
	`is_done` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `orders` (
	`id` integer PRIMARY KEY NOT NULL,
	`customer_id` integer,
	`currency` text NOT NULL,
	`service_ids` text NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `orders_by_customer` ON `orders` (`customer_id`);--> statement-breakpoint
CREATE TABLE `ticket_messages` (
	`id` integer PRIMARY KEY NOT NULL,
	`ticket_id` integer,
	`author_id` integer,
	`message` text NOT NULL,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `ticket_messages_by_ticket` ON `ticket_messages` (`ticket_id`,`id`);--> statement-breakpoint
CREATE TABLE `tickets` (
	`id` integer PRIMARY KEY NOT NULL,
	`customer_id` integer,
	`subject` text NOT NULL,
	`status` text NOT NULL,
	`priority` text NOT NULL,
	`department` text,
	`assigned_to` integer,
	`raw` text NOT NULL,
	`created_at` integer,
	`updated_at` integer,
	`first_seen_at` integer NOT NULL,
	`read_at` integer NOT NULL,
	`gone_at` integer
);
--> statement-breakpoint
CREATE INDEX `tickets_by_customer` ON `tickets` (`customer_id`);--> statement-breakpoint
CREATE INDEX `tickets_by_status` ON `tickets` (`status`,`updated_at`);--> statement-breakpoint
ALTER TABLE `invoices` ADD `once_paid_at` integer;--> statement-breakpoint
ALTER TABLE `products` ADD `category_id` integer;--> statement-breakpoint
UPDATE `invoices` SET `once_paid_at` = `paid_at`;
