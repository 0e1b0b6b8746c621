CREATE TABLE `answered_findings` (
	`key` text PRIMARY KEY NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`channel` text NOT NULL,
	`event_key` text NOT NULL,
	`service_id` integer NOT NULL,
	`customer_id` integer,
	`intent_id` text,
	`suspension_id` integer,
	`invoice_ids` text NOT NULL,
	`suspends_on` text,
	`reason` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`error` text,
	`recipient` text,
	`subject` text,
	`reference` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_once` ON `notices` (`event_key`,`channel`);--> statement-breakpoint
CREATE INDEX `notices_by_state` ON `notices` (`state`,`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `notices_by_service` ON `notices` (`service_id`,`id`);